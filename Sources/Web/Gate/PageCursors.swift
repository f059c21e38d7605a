import Cryptography
import OAuth

/// Where the next page of a list begins, sealed: it holds an address, and nobody can make one up (IN2).
package struct PageCursors: Sendable {
    private let key: SealingKey
    private let random: any RandomSource

    /// `key`: derived from the master key for this purpose alone.
    package init(key: [UInt8], random: any RandomSource) throws {
        self.key = try SealingKey(bytes: key)
        self.random = random
    }

    /// - Parameter list: which one; a cursor of another is none.
    func cursor(to place: String, in list: String) throws -> String {
        Base64URL.encode(try key.seal(Array(place.utf8), context: Array("cursor \(list)".utf8), random: random))
    }

    /// `nil` for the first page. Refuses what was not made here for this list.
    func place(_ cursor: String?, in list: String) throws(APIProblem) -> String? {
        guard let cursor else { return nil }
        guard let sealed = Base64URL.decode(cursor),
            let bytes = try? key.open(sealed, context: Array("cursor \(list)".utf8)),
            let place = String(validating: bytes, as: UTF8.self)
        else {
            throw APIProblem(
                .invalidMember, "after takes what next gave, and nothing else", .apiBody("a cursor not made here"),
                faults: [.init(pointer: "?after", detail: "after takes what next gave, and nothing else")])
        }
        return place
    }
}
