from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from remoting.checks.proxies import check_metrics, check_proxy_ready
from remoting.errors import CheckFailedError
from remoting.plan.plan import PlannedMetrics, PlannedProxy
from remoting.polling import Deadline
from tests.unit.remoting.scripted_peer import ScriptedPeer

SETTINGS = b"\x00\x00\x06\x04\x00\x00\x00\x00\x00" + b"\x00\x03\x7f\xff\xff\xff"


def routes(request):
    if request.code != 105 or request.ext["topic"] != "DefaultCluster":
        return request.answer(code=17, remark="no such topic")
    body = {"queueDatas": [{"brokerName": name, "perm": 7} for name in ("broker-a", "broker-b")]}
    return request.answer(body=json.dumps(body).encode())


@contextmanager
def grpc_port(answer):
    """A port that reads what a client sends first, and answers with fixed bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(64)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def ready(address, remoting_address, cluster="DefaultCluster"):
    proxy = PlannedProxy("proxy-1", "server1", address, "unit", "/proxy.log", remoting_address)
    return check_proxy_ready(proxy, cluster, Deadline.after(0.3))


def test_a_proxy_with_a_route_and_a_grpc_port_is_ready():
    with ScriptedPeer(routes) as peer, grpc_port(SETTINGS) as address:
        assert ready(address, peer.address) == "routes to 2 groups"


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\x00\x00"])
def test_a_port_that_speaks_something_else_is_not_ready(answer):
    with (
        ScriptedPeer(routes) as peer,
        grpc_port(answer) as address,
        pytest.raises(CheckFailedError, match=f"{address} does not speak HTTP/2"),
    ):
        ready(address, peer.address)


def test_a_proxy_without_a_route_is_not_ready():
    with (
        ScriptedPeer(routes) as peer,
        grpc_port(SETTINGS) as address,
        pytest.raises(CheckFailedError, match=r"knows no route to cluster Other.*/proxy\.log"),
    ):
        ready(address, peer.address, "Other")


def test_a_proxy_that_reaches_no_name_server_is_not_ready_even_if_it_still_has_routes():
    def remembers(request):
        if request.ext["topic"] == "DefaultCluster":
            return routes(request)
        return request.answer(code=1, remark="connect to null failed")

    with (
        ScriptedPeer(remembers) as peer,
        grpc_port(SETTINGS) as address,
        pytest.raises(CheckFailedError, match=r"reaches no name server.*connect to null failed"),
    ):
        ready(address, peer.address)


def test_each_attempt_asks_for_another_unknown_topic():
    with ScriptedPeer(routes) as peer, grpc_port(SETTINGS) as address:
        ready(address, peer.address)
        ready(address, peer.address)
        asked = [request.ext["topic"] for request in peer.requests]
    made_up = set(asked) - {"DefaultCluster"}
    assert (len(asked), len(made_up)) == (4, 2)


def test_a_proxy_whose_grpc_port_is_closed_is_not_ready():
    with (
        ScriptedPeer(routes) as peer,
        pytest.raises(CheckFailedError, match=r"127\.0\.0\.1:1 is unreachable"),
    ):
        ready("127.0.0.1:1", peer.address)


@contextmanager
def metrics_port(text):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/metrics" else 404)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield PlannedMetrics("broker-a", "server1", f"127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


def test_metrics_of_the_process_are_counted_whatever_their_names_begin_with():
    broker = b'rocketmq_topic_number{node_id="broker-a",instance_id="broker-a"} 3\n'
    controller = b'role{group="controllers",instance_id="broker-a"} 1\n'
    text = b"# HELP rocketmq_topic_number n\n" + broker + controller + b"target_info{} 1\n"
    with metrics_port(text) as metrics:
        assert check_metrics(metrics, Deadline.after(2)) == "2 lines"


@pytest.mark.parametrize("text", [b"jvm_y 2\n", b'rocketmq_x{instance_id="broker-a-s"} 1\n', b""])
def test_a_port_without_metrics_of_the_process_fails(text):
    with (
        metrics_port(text) as metrics,
        pytest.raises(CheckFailedError, match='has no metric with instance_id="broker-a";'),
    ):
        check_metrics(metrics, Deadline.after(0.3))


def test_a_closed_port_fails_with_its_address():
    metrics = PlannedMetrics("broker-a", "server1", "127.0.0.1:1")
    with pytest.raises(CheckFailedError, match=r"127\.0\.0\.1:1 is unreachable"):
        check_metrics(metrics, Deadline.after(0.2))
