import Cryptography
import JSON
import OAuth

/// Seals letters for the outbox, and opens them for sending.
///
/// Every letter lies there for a second or two before it may be sent, how long is left to chance: sending one takes the
/// server a moment, and whoever asked for it must not find that moment by how long their next request takes (PW10). Blank
/// letters lie there as long, and cost as much until the last step.
package struct Postbox: Sendable {
    /// Seconds; one of 1, 2.
    package static let longestPause: Int64 = 2

    private let key: SealingKey
    private let random: any RandomSource

    /// `key`: derived from the master key for this purpose alone.
    package init(key: [UInt8], random: any RandomSource) throws {
        self.key = try SealingKey(bytes: key)
        self.random = random
    }

    package func seal(_ letter: Letter, at now: Instant) throws -> SealedLetter {
        try seal(letter, isBlank: false, at: now)
    }

    /// A letter that goes nowhere: the same work and the same row (PW10), to the moment when it would be handed over.
    package func blank(_ letter: Letter, at now: Instant) throws -> SealedLetter {
        try seal(letter, isBlank: true, at: now)
    }

    /// `nil` when it was sealed with another key, or was changed.
    package func open(_ sealed: SealedLetter) -> Letter? {
        guard let text = try? key.open(sealed.sealed, context: Self.context(sealed.id)),
            let object = try? JSONValue(parsing: text, maximumBytes: 65_536).objectValue
        else { return nil }
        return Letter(object, kind: sealed.kind, accountID: sealed.accountID, expiresAt: sealed.expiresAt)
    }

    private func seal(_ letter: Letter, isBlank: Bool, at now: Instant) throws -> SealedLetter {
        let id = try Identifier.make(from: random)
        let chance = Int64(try random.bytes(1).first ?? 0)
        let text = Array(JSONValue.object(letter.sealedPart).text.utf8)
        return SealedLetter(
            id: id, kind: letter.kind, accountID: letter.accountID,
            sealed: try key.seal(text, context: Self.context(id), random: random), createdAt: now,
            expiresAt: letter.expiresAt, isBlank: isBlank, pause: 1 + chance % Self.longestPause)
    }

    private static func context(_ id: String) -> [UInt8] { Array("letter \(id)".utf8) }
}

extension Letter {
    /// What only the sender reads.
    fileprivate var sealedPart: JSONObject {
        var object: JSONObject = ["to": .string(to.typed)]
        object["name"] = name.map(JSONValue.string)
        object["path"] = path.map(JSONValue.string)
        object["second_path"] = secondPath.map(JSONValue.string)
        object["code"] = code.map(JSONValue.string)
        object["facts"] = .array(facts.map { [.string($0.fact.rawValue), .string($0.value)] })
        return object
    }

    fileprivate init?(_ object: JSONObject, kind: Kind, accountID: String?, expiresAt: Instant) {
        guard let to = object["to"]?.stringValue.flatMap(EmailAddress.init) else { return nil }
        let facts = (object["facts"]?.arrayValue ?? []).compactMap { pair -> (fact: Fact, value: String)? in
            guard let texts = pair.stringsValue, texts.count == 2, let fact = Fact(rawValue: texts[0]) else {
                return nil
            }
            return (fact, texts[1])
        }
        self.init(
            kind, to: to, about: accountID, name: object["name"]?.stringValue, path: object["path"]?.stringValue,
            secondPath: object["second_path"]?.stringValue, code: object["code"]?.stringValue, facts: facts,
            expiresAt: expiresAt)
    }
}
