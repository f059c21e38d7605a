import Foundation

/// A database of places as https://maxmind.github.io/MaxMind-DB/ describes it, small and made for a test.
struct PlaceFile {
    /// By network: address bytes, and how many bits of them count.
    private var nodes: [[Record]] = [[.nothing, .nothing]]
    private var data: [UInt8] = []

    private enum Record {
        case nothing
        case node(Int)
        case data(Int)
    }

    /// In a tree of IPv6, where IPv4 lies at `::/96`.
    mutating func put(_ address: [UInt8], bits: Int, city: String?, country: String?) {
        let whole = [UInt8](repeating: 0, count: 16 - address.count) + address
        let depth = bits + (16 - address.count) * 8
        var node = 0
        for place in 0..<depth {
            let bit = Int(whole[place / 8] >> UInt8(7 - place % 8) & 1)
            if place == depth - 1 {
                nodes[node][bit] = .data(data.count)
            } else if case .node(let next) = nodes[node][bit] {
                node = next
            } else {
                nodes.append([.nothing, .nothing])
                nodes[node][bit] = .node(nodes.count - 1)
                node = nodes.count - 1
            }
        }
        var members: [(String, [UInt8])] = []
        if let city { members.append(("city", Self.map([("names", Self.map([("en", Self.text(city))]))]))) }
        if let country { members.append(("country", Self.map([("names", Self.map([("en", Self.text(country))]))]))) }
        data += Self.map(members)
    }

    var bytes: [UInt8] {
        var tree: [UInt8] = []
        for record in nodes.flatMap({ $0 }) {
            let value =
                switch record {
                case .nothing: nodes.count
                case .node(let next): next
                case .data(let offset): nodes.count + 16 + offset
                }
            tree += [UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
        }
        let metadata = Self.map([
            ("binary_format_major_version", Self.number(2, type: 5)),
            ("binary_format_minor_version", Self.number(0, type: 5)),
            ("build_epoch", Self.number(1_800_000_000, type: 9)),
            ("database_type", Self.text("Test-City")), ("description", Self.map([("en", Self.text("Test"))])),
            ("ip_version", Self.number(6, type: 5)),
            ("languages", [0x01, 0x04] + Self.text("en")), ("node_count", Self.number(nodes.count, type: 6)),
            ("record_size", Self.number(24, type: 5)),
        ])
        return tree + [UInt8](repeating: 0, count: 16) + data + [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
            + metadata
    }

    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return (bytes.count < 29 ? [0x40 | UInt8(bytes.count)] : [0x5D, UInt8(bytes.count - 29)]) + bytes
    }

    private static func number(_ value: Int, type: UInt8) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest > 0 {
            bytes.insert(UInt8(rest & 255), at: 0)
            rest >>= 8
        }
        return (type > 7 ? [UInt8(bytes.count), type - 7] : [type << 5 | UInt8(bytes.count)]) + bytes
    }

    private static func map(_ members: [(String, [UInt8])]) -> [UInt8] {
        [0xE0 | UInt8(members.count)] + members.flatMap { text($0.0) + $0.1 }
    }
}

/// A file that is gone with the test.
final class PlaceScratch {
    let path = FileManager.default.temporaryDirectory.appending(path: "places-\(UUID().uuidString).mmdb").path

    func write(_ bytes: some Collection<UInt8>) throws { try Data(bytes).write(to: URL(filePath: path)) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
