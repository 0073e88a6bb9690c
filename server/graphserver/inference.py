"""InferenceRequest: a FlatInferenceRequest in, a FlatResult out."""

from collections.abc import Iterable, Mapping
from functools import partial

from ...proto.messages import NamedArray, read_inference_request, write_result
from ...spec.dtype import Array
from ...spec.errors import ExecutionFailed, GraphServerError, InvalidArgument, Unsupported
from ...spec.request import Pending, Rows
from ...transport.call import Call
from ..service import InferenceService, Key
from .answer import Answer, Context

OUTPUTS_HEADER = "graphserver-outputs"
"""Metadata by which a caller chooses outputs, for the message has no place for them: names, with commas between."""

_RESULT_ID = 0
"""What the original always answers."""


class Inference:
    """A Handler. Inputs match by name, or by DL4J's id pair where they have none; the service checks the rest."""

    def __init__(self, service: InferenceService, context: Context) -> None:
        self._service = service
        self._context = context

    def __call__(self, call: Call) -> None:
        call.on_message = partial(self._run, call)

    def _run(self, call: Call, body: memoryview, _last: bool) -> None:
        answer = Answer(self._context, call)
        try:
            pending = self._pending(call, answer, body)
        except GraphServerError as error:
            answer.refuse(error)
            return
        call.on_cancel = partial(_cancel, pending, answer)
        self._service.submit(pending)

    def _pending(self, call: Call, answer: Answer, body: memoryview) -> Pending:
        request = read_inference_request(body)
        answer.graph = request.id
        model = answer.model = self._service.resolve(request.id)
        keys = self._service.keys(model)
        return Pending(
            model,
            _named(request.inputs, keys),
            outputs=_asked_outputs(call),
            deadline=call.deadline,
            arrived=answer.arrived,
            on_reply=partial(_reply, answer, keys),
            on_fail=answer.refuse,
        )


def _named(inputs: Iterable[NamedArray], keys: Mapping[str, Key]) -> dict[str, Array]:
    """Inputs by name. A pair that no variable has stays as it is written, to be refused with the unknown names."""
    arrays: dict[str, Array] = {}
    names: dict[Key, str] = {}
    for given in inputs:
        if not given.name and not names:
            names = {key: name for name, key in keys.items()}
        name = given.name or names.get(given.key, f"{given.key[0]}:{given.key[1]}")
        if name in arrays:
            raise InvalidArgument(f"input '{name}' is given twice")
        arrays[name] = given.array
    return arrays


def _asked_outputs(call: Call) -> tuple[str, ...] | None:
    written = call.metadata.get(OUTPUTS_HEADER, "")
    names = (name.strip() for name in str(written).split(","))
    return tuple(dict.fromkeys(filter(None, names))) or None


def _reply(answer: Answer, keys: Mapping[str, Key], rows: Rows | None, final: bool) -> None:
    """Answer with the variables in the order in which the model selected them."""
    if not final:
        answer.refuse(Unsupported(f"model '{answer.model}' answers in parts, which DL4J's protocol cannot carry"))
    elif not rows:
        answer.refuse(ExecutionFailed(f"model '{answer.model}' answered no outputs"))
    else:
        outputs = (NamedArray(name, keys.get(name, (0, 0)), array) for name, array in rows.items())
        try:
            answer.send(write_result(_RESULT_ID, outputs))
        except GraphServerError as error:
            answer.refuse(error)
        except Exception:  # whoever delivers answers must not suffer from one that cannot be written
            answer.crash()


def _cancel(pending: Pending, answer: Answer) -> None:
    pending.cancel()
    answer.cancelled()
