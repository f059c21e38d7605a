import Cryptography
import JSON

/// What somebody from another system is known by for good: a digest of the system's name and of the id they had there.
///
/// Kept beside the account, and without it once the account was removed for good: so an import that is given again
/// neither doubles a person who has another address by now, nor brings back one who is gone. A digest, since an id
/// elsewhere is nobody's business after that; that of a small number can be guessed.
package struct ArrivalMark: Hashable, Sendable {
    package let digest: [UInt8]

    /// A source is never empty.
    package init(source: String, subject: String) {
        digest = SHA256.digest(Array(source.utf8) + [0] + Array(subject.utf8))
    }

    /// Of an account of our own, by its id.
    package init(accountID: String) {
        self.init(source: "", subject: accountID)
    }
}

extension Account {
    /// Attributes that begin so hold the old system's name for a person, so that apps can tell who is who.
    package static let legacySubject = "legacy_sub_"

    /// Of every id that the account came with.
    package var arrivalMarks: [ArrivalMark] { Self.arrivalMarks(profile.attributes) }

    package static func arrivalMarks(_ attributes: JSONObject) -> [ArrivalMark] {
        attributes.members.compactMap { name, value in
            guard name.hasPrefix(legacySubject), name.utf8.count > legacySubject.utf8.count,
                let subject = value.stringValue
            else { return nil }
            return ArrivalMark(source: String(name.dropFirst(legacySubject.count)), subject: subject)
        }
    }
}
