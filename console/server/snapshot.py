"""The current view and its JSON, built at most once a second for all clients."""

from __future__ import annotations

import gzip
import json
import time
from typing import TYPE_CHECKING

from console.api.document import cluster_document
from console.api.metrics import render_metrics
from console.compare.cluster import view_cluster
from console.compare.verification import VerificationRecord
from console.server.content import Content

if TYPE_CHECKING:
    from console.compare.cluster import ClusterView
    from console.configuration import Configuration
    from console.observe.connection import RequestCounter
    from console.observe.state import ObservedState
    from remoting.plan.plan import Plan

FRESH_SECONDS = 1.0
COMPRESSION_LEVEL = 3


class SnapshotCache:
    """Answers from what was observed; reading it causes no requests to the cluster."""

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
        self._document: tuple[ClusterView, Content] | None = None

    def view(self) -> ClusterView:
        """Return the current view."""
        now = time.time()
        if self._view is None or not 0 <= now - self._view.at < FRESH_SECONDS:
            self._view = view_cluster(
                self._plan, self._configuration, self._observed, self._record.reports(), now
            )
        return self._view

    def document(self) -> Content:
        """Return the current view as JSON."""
        view = self.view()
        if self._document is None or self._document[0] is not view:
            document = cluster_document(self._plan, self._configuration, view)
            text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
            # A name from a broker's JSON may hold a lone surrogate, which UTF-8 cannot encode.
            body = text.encode(errors="replace")
            compressed = gzip.compress(body, COMPRESSION_LEVEL)
            self._document = (view, Content(body, "application/json", compressed))
        return self._document[1]

    def metrics(self) -> bytes:
        """Return the current view in Prometheus text format."""
        return render_metrics(self._plan, self.view(), self._requests.count)
