"""A Pulumi monitor that records what the stock mocks drop: parents, dependencies, options."""

import base64
import contextvars
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.settings import get_root_resource

LOCAL_COMMAND = "command:local:Command"
REMOTE_COMMAND = "command:remote:Command"
UPLOAD = "command:remote:CopyToRemote"
PRIVATE_MARK = "PRIVATE-HALF-OF-"
PASSWORD = "passwordofthetestedstack"  # noqa: S105 (a made-up password)
HOSTS = ("server0", "server1", "server2", "server3", "server4", "server5")


@dataclass(frozen=True)
class Secret:
    """A value that the program marked secret."""

    value: Any


@dataclass(frozen=True)
class Unknown:
    """A value that a preview does not know."""


@dataclass(kw_only=True)
class Registered:
    """One resource as it is registered; it refers to other resources by name."""

    token: str
    name: str
    custom: bool
    parent: str
    inputs: dict[str, Any]
    depends_on: frozenset[str]
    deleted_with: str
    delete_before_replace: bool
    retained: bool
    secret_outputs: tuple[str, ...]
    ignored: tuple[str, ...]
    create_timeout: str
    provider: str


@dataclass
class Recorder(Mocks):
    """Every registered resource by name, and the stack's exports."""

    preview: bool = False
    state: dict[str, Any] = field(default_factory=dict)
    """The state of an earlier update: type and outputs by URN."""
    resources: dict[str, Registered] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The registered outputs of each component, by name."""
    exports: dict[str, Any] = field(default_factory=dict)
    secret_exports: set[str] = field(default_factory=set)

    def call(self, args: MockCallArgs) -> Any:
        """Return the state; the program calls no other function."""
        asked = args.token
        if asked != "pulumi:pulumi:readStackResourceOutputs":
            raise AssertionError(f"unexpected call of {asked}")
        return {"outputs": self.state}

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Answer as the providers do; a preview returns only the inputs."""
        outputs = dict(args.inputs)
        if self.preview:
            return "", outputs
        if args.name.endswith("-pair"):
            outputs["stdout"] = key_pair_of(args.name)
        elif args.name.endswith("-password-made"):
            outputs["stdout"] = printed_password()
        elif args.name in {f"{host}-verification" for host in HOSTS}:
            outputs["stdout"] = report_of(args.name)
        elif args.typ in {LOCAL_COMMAND, REMOTE_COMMAND}:
            outputs["stdout"] = json.dumps({"of": args.name})
        return f"{args.name}-id", outputs

    def of_type(self, *tokens: str) -> list[Registered]:
        """Return the resources of some types."""
        return [found for found in self.resources.values() if found.token in tokens]

    def children_of(self, name: str) -> set[str]:
        """Return the names of a resource's children."""
        return {found.name for found in self.resources.values() if found.parent == name}


class RecordingMonitor(MockMonitor):
    """Records each request before the mocks answer it."""

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (the engine's own name)
        """Record the whole request; answer as usual."""
        if request.type != "pulumi:pulumi:Stack":
            assert request.name not in self.mocks.resources, f"{request.name} is registered twice"
            self.mocks.resources[request.name] = Registered(
                token=request.type,
                name=request.name,
                custom=request.custom,
                parent=_name(request.parent),
                inputs=_decoded(json_format.MessageToDict(request.object)),
                depends_on=frozenset(_name(urn) for urn in request.dependencies),
                deleted_with=_name(request.deletedWith),
                delete_before_replace=request.deleteBeforeReplace,
                retained=request.retainOnDelete,
                secret_outputs=tuple(request.additionalSecretOutputs),
                ignored=tuple(request.ignoreChanges),
                create_timeout=request.customTimeouts.create,
                provider=_name(request.provider.rpartition("::")[0]),
            )
        return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 (the engine's own name)
        """Record the outputs of a component; answer as usual."""
        self.mocks.outputs[_name(request.urn)] = _decoded(
            json_format.MessageToDict(request.outputs)
        )
        return super().RegisterResourceOutputs(request)


def record(
    program: Callable[[], object],
    *,
    preview: bool = False,
    stack: str = "tested",
    recorder: Recorder | None = None,
) -> Recorder:
    """Run a program against a recording monitor; its exceptions are raised here."""
    recorder = recorder or Recorder()
    recorder.preview = preview
    contextvars.copy_context().run(_run, program, recorder, stack)
    return recorder


def _run(program: Callable[[], object], recorder: Recorder, stack: str) -> None:
    monitor = RecordingMonitor(recorder)
    set_mocks(recorder, "rocketmq", stack, preview=recorder.preview, monitor=monitor)

    async def resolve(name: str, value: Any) -> None:
        output = pulumi.Output.from_input(value)
        recorder.exports[name] = await output.future(with_unknowns=True)
        if await output.is_secret():
            recorder.secret_exports.add(name)

    @pulumi.runtime.test
    def run() -> pulumi.Output[None]:
        program()
        outputs = dict(get_root_resource().outputs)

        async def resolve_all() -> None:
            for name, value in outputs.items():
                await resolve(name, value)

        return pulumi.Output.from_input(resolve_all())

    run()


def key_pair_of(name: str) -> str:
    """Return the output of ssh-keygen, with a mark in the private half."""
    return (
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{PRIVATE_MARK}{name}\n"
        f"-----END OPENSSH PRIVATE KEY-----\nssh-ed25519 AAAApublic-of-{name} test\n"
    )


def printed_password() -> str:
    """Return the output of the script that generates passwords."""
    return f"{PASSWORD}\n{base64.b64encode(b'salt of the hash').decode()}\n"


def report_of(name: str) -> str:
    """Return the output of a verification."""
    host = name.removesuffix("-verification")
    check = {"check": "ready", "ok": True, "detail": "", "ms": 1.0}
    process = {"process": "p", "role": "r", "address": "a", "checks": [check]}
    at = "2026-11-22T20:59:46Z"
    return json.dumps({"host": host, "at": at, "seconds": 0.2, "ok": True, "processes": [process]})


def texts_in(value: Any, *, in_secret: bool = False) -> list[tuple[str, bool]]:
    """Return every string in a value, keys included, and whether it is in a secret."""
    if isinstance(value, Secret):
        return texts_in(value.value, in_secret=True)
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        return [found for item in value for found in texts_in(item, in_secret=in_secret)]
    return [(value, in_secret)] if isinstance(value, str) else []


def opened(value: Any) -> Any:
    """Return the value in a secret, or the value itself."""
    return value.value if isinstance(value, Secret) else value


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _decoded(value: Any) -> Any:
    if value == rpc.UNKNOWN:
        return Unknown()
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(rpc._special_sig_key) == rpc._special_secret_sig:  # noqa: SLF001 (wire constants)
        return Secret(_decoded(value["value"]))
    return {key: _decoded(item) for key, item in value.items()}
