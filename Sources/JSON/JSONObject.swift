/// A JSON object that keeps its members in the order they were written.
///
/// A list, not a hash table: objects here have a dozen members, and keys an attacker chose cannot be made to collide.
package struct JSONObject: Sendable {
    package typealias Member = (key: String, value: JSONValue)

    package private(set) var members: [Member]

    package init() {
        members = []
    }

    /// Of members with the same key the last one stays; a parsed text never has two.
    package init(_ members: [Member]) {
        self.init()
        for member in members { self[member.key] = member.value }
    }

    /// Takes members whose keys are known to differ.
    init(distinct members: [Member]) {
        self.members = members
    }

    /// Keys are compared byte for byte. A new key goes to the end; `nil` removes.
    package subscript(_ key: String) -> JSONValue? {
        get { members.first { $0.key.isExactly(key) }?.value }
        set {
            let place = members.firstIndex { $0.key.isExactly(key) }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append((key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    package var keys: [String] { members.map(\.key) }
    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
}

extension JSONObject: Equatable {
    /// The same members; their order means nothing (RFC 8259 §4).
    package static func == (a: JSONObject, b: JSONObject) -> Bool {
        a.count == b.count && a.members.allSatisfy { b[$0.key] == $0.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { (key: $0.0, value: $0.1) })
    }
}
