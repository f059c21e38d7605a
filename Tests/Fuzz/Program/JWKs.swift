import Cryptography
import JOSE
import JSON

/// Key sets of clients and of providers, RFC 7517 §5.
struct JWKTarget: FuzzTarget {
    static let name = "jwk"

    func check(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes) else { return }
        let strict = try? JWKSet(value)
        let lenient = try? JWKSet(value, skippingBadKeys: true)
        if let strict { demand(lenient?.keys == strict.keys, "a good set is good for whoever fetches it") }
        for key in lenient?.keys ?? [] { check(key) }
        guard let lenient else { return }
        demand(lenient.keys.count <= 32, "a set is bounded")
        demand((try? JWKSet(lenient.json))?.keys == lenient.keys, "a set that is written is read again")
        demand(!String(lenient.json.text).contains("\"d\":"), "nothing private is written")
    }

    private func check(_ key: JWK) {
        switch key.publicKey.components {
        case .rsa(let modulus, let exponent):
            demand((256...1024).contains(modulus.count) && exponent.count <= 4, "an RSA key is neither weak nor slow")
        case .p256(let x, let y): demand(x.count == 32 && y.count == 32, "a point has its length")
        case .ed25519(let point): demand(point.count == 32, "a point has its length")
        }
        let nothing = [UInt8](repeating: 0, count: 64)
        for algorithm in SignatureAlgorithm.allCases where key.fits(algorithm) {
            demand(key.publicKey.type == algorithm.keyType, "an algorithm is of the key's type")
            demand(
                !key.publicKey.isValid(signature: nothing, for: [1], algorithm: algorithm), "nothing is no signature")
        }
        demand(key.thumbprint.utf8.count == 43, "a key has a thumbprint")
    }
}
