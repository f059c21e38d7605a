/// A password hash that another system has made, as it stands in the database: `scheme:blob`.
///
/// Kept until its person signs in for the first time: then the password is at hand, and is hashed with today's
/// parameters. Where a hash came from matters no longer here; only how it is computed does.
package struct ImportedHash: Sendable, Equatable {
    let form: any ImportedForm

    init(_ form: any ImportedForm) {
        self.form = form
    }

    private static let forms: [any ImportedForm.Type] = [
        PBKDF2Form.self, ScryptForm.self, FirebaseForm.self, BcryptForm.self, Argon2Form.self, DigestForm.self,
    ]

    /// Reads the stored form. Unknown schemes, damage and absurd costs are refused, whoever wrote them there.
    package init(stored: String) throws(HashFault) {
        guard stored.utf8.count <= HashCeiling.storedBytes, stored.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .malformed("the hash is too long, or not of plain characters") }
        let halves = stored.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2, let scheme = halves.first, let blob = halves.last,
            let form = Self.forms.first(where: { $0.reads(scheme: scheme) })
        else { throw .unusable("its scheme is not known") }
        self.form = try form.init(scheme: scheme, blob: blob)
    }

    package var stored: String { "\(form.scheme):\(form.blob)" }

    /// A stored form of the same cost that is nobody's: to measure with.
    package var blank: String? { form.blank.map { ImportedHash($0).stored } }

    /// An empty password opens nothing, whatever the old system thought of it.
    package func isMade(from password: [UInt8]) -> Bool {
        form.isMade(from: password) && !password.isEmpty
    }

    package static func == (one: ImportedHash, other: ImportedHash) -> Bool {
        one.stored.utf8.elementsEqual(other.stored.utf8)
    }
}
