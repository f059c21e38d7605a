import Cryptography
import OAuth

extension StoredSigningKey {
    static let columns = "key_id, algorithm, generation, sealed_private_key, created_at, signs_from, retires_at"

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let keyID = try cursor.text()
        guard let algorithm = SignatureAlgorithm(rawValue: try cursor.text()) else {
            throw StorageError.corrupt("signing key \(keyID): algorithm")
        }
        self.init(
            keyID: keyID, algorithm: algorithm, generation: try cursor.integer(),
            sealedPrivateKey: try cursor.bytes(), createdAt: try cursor.instant(), signsFrom: try cursor.instant(),
            retiresAt: try cursor.optionalInstant())
    }
}
