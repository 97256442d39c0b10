"""One view for all who ask: made at most once a second, and kept as the bytes that are sent."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.api.document import cluster_document
from console.api.metrics import render_metrics
from console.compare.cluster import view_cluster
from console.compare.verification import VerificationRecord

if TYPE_CHECKING:
    from console.compare.cluster import ClusterView
    from console.configuration import Configuration
    from console.observe.connection import RequestCounter
    from console.observe.state import ObservedState
    from remoting.plan.plan import Plan

FRESH_SECONDS = 1.0
COMPRESSION = 3


@dataclass(frozen=True)
class Answer:
    """A body, the same compressed, and a tag that changes with it."""

    body: bytes
    compressed: bytes
    tag: str


class SnapshotCache:
    """What everybody sees; however many ask, the cluster is asked no more."""

    def __init__(
        self,
        plan: Plan,
        configuration: Configuration,
        observed: ObservedState,
        requests: RequestCounter,
    ) -> None:
        self._plan = plan
        self._configuration = configuration
        self._observed = observed
        self._requests = requests
        self._record = VerificationRecord(configuration.verification)
        self._view: ClusterView | None = None
        self._answer: tuple[ClusterView, Answer] | None = None

    def view(self) -> ClusterView:
        """Return the present view."""
        now = time.time()
        if self._view is None or not 0 <= now - self._view.at < FRESH_SECONDS:
            self._view = view_cluster(
                self._plan, self._configuration, self._observed, self._record.reports(), now
            )
        return self._view

    def cluster(self) -> Answer:
        """Return the document of the present view."""
        view = self.view()
        if self._answer is None or self._answer[0] is not view:
            document = cluster_document(self._plan, self._configuration, view)
            text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
            # JSON can tell half a character, for instance as part of a topic's name.
            body = text.encode(errors="replace")
            tag = hashlib.sha256(body).hexdigest()[:24]
            answer = Answer(body, gzip.compress(body, COMPRESSION), tag)
            self._answer = (view, answer)
        return self._answer[1]

    def metrics(self) -> bytes:
        """Return the present view as Prometheus reads it."""
        return render_metrics(self._plan, self.view(), self._requests.count)
