"""A database of places as https://maxmind.github.io/MaxMind-DB/ describes it, small and made for a test."""
import ipaddress


def text(value):
    raw = value.encode()
    return bytes([0x40 | len(raw)] if len(raw) < 29 else [0x5D, len(raw) - 29]) + raw


def number(value, kind):
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return bytes([len(raw), kind - 7] if kind > 7 else [kind << 5 | len(raw)]) + raw


def mapping(members):
    return bytes([0xE0 | len(members)]) + b"".join(text(key) + value for key, value in members.items())


def database(places):
    """`places`: a network to the name of a city. In a tree of IPv6, where IPv4 lies at `::/96`."""
    nodes, data = [[None, None]], b""
    for network, city in places.items():
        network = ipaddress.ip_network(network)
        shift = 96 if network.version == 4 else 0
        address, depth, node = int(network.network_address), network.prefixlen + shift, 0
        for place in range(depth):
            bit = address >> (127 - place) & 1
            if place == depth - 1:
                nodes[node][bit] = ("data", len(data))
            else:
                if nodes[node][bit] is None:
                    nodes.append([None, None])
                    nodes[node][bit] = ("node", len(nodes) - 1)
                node = nodes[node][bit][1]
        data += mapping({"city": mapping({"names": mapping({"en": text(city)})})})
    tree = b""
    for record in (record for node in nodes for record in node):
        value = len(nodes) if record is None else record[1] + (len(nodes) + 16 if record[0] == "data" else 0)
        tree += value.to_bytes(3, "big")
    metadata = mapping({
        "binary_format_major_version": number(2, 5), "binary_format_minor_version": number(0, 5),
        "build_epoch": number(1_800_000_000, 9), "database_type": text("Test-City"),
        "description": mapping({"en": text("Test")}), "ip_version": number(6, 5),
        "languages": bytes([0x01, 0x04]) + text("en"), "node_count": number(len(nodes), 6), "record_size": number(24, 5)})
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + metadata
