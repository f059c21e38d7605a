@testable import JSON

/// JSON, RFC 8259, wherever it comes from.
struct JSONTarget: FuzzTarget {
    static let name = "json"

    private static let deepest = 32

    func check(_ bytes: [UInt8]) {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(parsing: bytes)
        } catch {
            demand(error.line >= 1 && error.column >= 1, "a fault has a place")
            return
        }
        demand(depth(of: value) <= Self.deepest && bytes.count <= 65_536, "a text is bounded")
        demand((try? JSONValue(parsing: value.bytes())) == value, "what is written is read again")
        demand((try? JSONValue(parsing: value.prettyText())) == value, "what is written for people is read again")
        check(value, at: [], in: JSONPositions(bytes), bytes)
    }

    private func depth(of value: JSONValue) -> Int {
        switch value {
        case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .object(let object): 1 + (object.members.map { depth(of: $0.value) }.max() ?? 0)
        default: 0
        }
    }

    /// Every member is found again in the text, where it says what was read.
    private func check(_ value: JSONValue, at path: [JSONPathElement], in positions: JSONPositions, _ bytes: [UInt8]) {
        let place = positions.position(of: path)
        demand(place.map { $0.line >= 1 && $0.column >= 1 } ?? false, "\(path) has a place")
        switch value {
        case .array(let elements):
            for (index, element) in elements.enumerated().prefix(4) {
                check(element, at: path + [.index(index)], in: positions, bytes)
            }
        case .object(let object):
            let keys = object.keys.map { Array($0.utf8) }
            demand(Set(keys).count == keys.count, "no member twice")
            for member in object.members.prefix(4) {
                check(member.value, at: path + [.key(member.key)], in: positions, bytes)
            }
        case .real(let number): demand(number.isFinite, "a number is one")
        case .string(let text): demand(!text.utf8.contains(0), "no NUL")
        case .null, .bool, .integer: break
        }
    }
}
