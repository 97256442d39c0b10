import ipaddress
import json

import pytest

from machines.nspawn.network import Route, find_overlap, parse_addresses, parse_routes

SUBNET = ipaddress.IPv4Network("10.213.7.0/24")


def routes(*pairs):
    return [Route(destination=ipaddress.IPv4Network(net), device=dev) for net, dev in pairs]


@pytest.mark.parametrize("net", ["10.213.7.0/24", "10.213.7.128/25", "10.0.0.0/8"])
def test_subnet_that_is_routed_elsewhere_is_found_with_its_device(net):
    found = find_overlap(SUBNET, "br", routes(("192.0.2.0/24", "eth0"), (net, "docker0")))
    assert found is not None
    assert (str(found.destination), found.device) == (net, "docker0")


@pytest.mark.parametrize(
    "pair",
    [("10.213.7.0/24", "br"), ("10.213.8.0/24", "eth0"), ("0.0.0.0/1", "vpn0")],
)
def test_own_bridge_neighboring_subnets_and_default_routes_do_not_overlap(pair):
    assert find_overlap(SUBNET, "br", routes(pair)) is None


def test_routes_are_parsed_from_the_output_of_ip():
    text = json.dumps(
        [
            {"dst": "default", "gateway": "192.0.2.1", "dev": "eth0"},
            {"dst": "192.0.2.0/24", "dev": "eth0", "protocol": "kernel"},
            {"dst": "192.0.2.77", "dev": "eth0"},
            {"type": "blackhole", "dst": "203.0.113.0/24"},
        ]
    )
    assert [str(route.destination) for route in parse_routes(text)] == [
        "192.0.2.0/24",
        "192.0.2.77/32",
    ]
    assert parse_routes("") == ()


def test_addresses_are_parsed_from_the_output_of_ip():
    text = json.dumps([{"addr_info": [{"local": "10.0.0.1", "prefixlen": 24}]}])
    assert parse_addresses(text) == ("10.0.0.1/24",)
    assert parse_addresses("[]") == ()
