package local

import "github.com/pulumi/pulumi-go-provider/infer"

// Logging selects the streams that are logged while the command runs.
type Logging string

const (
	logStdout          Logging = "stdout"
	logStderr          Logging = "stderr"
	logStdoutAndStderr Logging = "stdoutAndStderr"
	logNothing         Logging = "none"
)

// Values lists the allowed values for the schema.
func (Logging) Values() []infer.EnumValue[Logging] {
	return []infer.EnumValue[Logging]{
		{Name: "stdout", Value: logStdout},
		{Name: "stderr", Value: logStderr},
		{Name: "stdoutAndStderr", Value: logStdoutAndStderr},
		{Name: "none", Value: logNothing},
	}
}

// Streams reports whether stdout and stderr are logged; unset means both.
func (l *Logging) Streams() (stdout, stderr bool) {
	if l == nil || *l == logStdoutAndStderr {
		return true, true
	}
	return *l == logStdout, *l == logStderr
}
