package remote

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"
)

// remoteTree writes files by SFTP. It keeps neither modes nor owners, removes nothing, and
// truncates and rewrites existing files in place.
type remoteTree struct{ files *sftp.Client }

// stat returns nil without an error if the path does not exist.
func (t remoteTree) stat(name string) (fs.FileInfo, error) {
	info, err := t.files.Stat(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot stat remote path %s: %w", name, err)
	}
	return info, nil
}

// putText writes the text to the path, which must not be a directory.
func (t remoteTree) putText(text, destination string) error {
	info, err := t.stat(destination)
	if err != nil {
		return err
	}
	if info != nil && info.IsDir() {
		return fmt.Errorf("remote path %s is a directory: a text needs a path of a file", destination)
	}
	if err := t.makeParents(destination); err != nil {
		return err
	}
	return t.write(strings.NewReader(text), destination)
}

// put copies a file or a directory.
//
//	source | destination is a directory | does not exist | is a file
//	dir    | destination/dir            | destination/dir | refused
//	dir/   | its content in destination | its content     | refused
//	file   | destination/file           | destination     | overwritten
func (t remoteTree) put(source, destination string) error {
	local, err := os.Stat(source)
	if err != nil {
		return err
	}
	remote, err := t.stat(destination)
	if err != nil {
		return err
	}
	if !local.IsDir() {
		if remote != nil && remote.IsDir() {
			destination = path.Join(destination, filepath.Base(source))
		}
		if err := t.makeParents(destination); err != nil {
			return err
		}
		return t.putFile(source, destination)
	}
	if err := t.makeDirectory(destination); err != nil {
		return err
	}
	if !strings.HasSuffix(source, "/") {
		destination = path.Join(destination, filepath.Base(source))
	}
	return t.putDirectory(source, destination)
}

func (t remoteTree) putDirectory(source, destination string) error {
	return fs.WalkDir(os.DirFS(source), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return t.makeDirectory(path.Join(destination, name))
		}
		return t.putFile(filepath.Join(source, name), path.Join(destination, name))
	})
}

func (t remoteTree) putFile(source, destination string) error {
	local, err := os.Open(source)
	if err != nil {
		return err
	}
	defer func() { _ = local.Close() }() // only read
	return t.write(local, destination)
}

func (t remoteTree) write(content io.Reader, destination string) error {
	remote, err := t.files.Create(destination)
	if err != nil {
		return fmt.Errorf("cannot create remote file %s: %w", destination, err)
	}
	_, err = remote.ReadFrom(content)
	if err := errors.Join(err, remote.Close()); err != nil {
		return fmt.Errorf("cannot write remote file %s: %w", destination, err)
	}
	return nil
}

// makeParents makes the parent directories of the path.
func (t remoteTree) makeParents(name string) error {
	parent := path.Dir(name)
	if err := t.files.MkdirAll(parent); err != nil {
		return fmt.Errorf("cannot make remote directory %s: %w", parent, err)
	}
	return nil
}

func (t remoteTree) makeDirectory(name string) error {
	info, err := t.stat(name)
	if err != nil {
		return err
	}
	if info != nil && !info.IsDir() {
		return fmt.Errorf("remote path %s is not a directory", name)
	}
	if info != nil {
		return nil
	}
	if err := t.files.MkdirAll(name); err != nil {
		return fmt.Errorf("cannot make remote directory %s: %w", name, err)
	}
	return nil
}
