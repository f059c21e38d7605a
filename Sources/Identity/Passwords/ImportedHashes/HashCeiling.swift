import Cryptography

/// The most that comparing one imported hash may cost: about one second of one core, and 256 MiB.
///
/// A hash says itself what it costs, and everybody may have it computed by trying to sign in: one line of an import
/// file could so stop a server. The ceilings stand well over what the systems set by themselves (Django 6.1: 1.5
/// million rounds; Keycloak: 600,000; Firebase: 2^14 blocks; bcrypt: 12), and are asked whenever a hash is read,
/// at import as at sign-in: what got into the database in another way is bounded as well.
enum HashCeiling {
    /// Rounds of HMAC-SHA-1 or -SHA-256; one with a longer word counts twice, and so does each further block.
    static let pbkdf2Rounds = 4_000_000
    /// N·r·p, which is time, of which N·r is memory in units of 128 bytes (RFC 7914 §2).
    static let scryptBlocks = 1 << 21
    /// The logarithm of the rounds.
    static let bcryptCost = 14
    static let argon2MemoryKiB = 1 << 18
    /// Memory times passes.
    static let argon2Work = 1 << 20
    static let argon2Lanes = 64

    /// What is stored is short, whatever it was made from.
    static let storedBytes = 1024
    /// A salt or a key.
    static let fieldBytes = 256

    static func admit(pbkdf2Rounds rounds: Int, _ digest: LegacyDigest, keyBytes: Int) throws(HashFault) {
        let weight = digest.byteCount > 32 ? 2 : 1
        let blocks = (keyBytes + digest.byteCount - 1) / digest.byteCount
        guard rounds <= pbkdf2Rounds / (weight * max(1, blocks)) else { throw tooDear("\(rounds) rounds") }
    }

    static func admit(_ scrypt: Scrypt.Parameters) throws(HashFault) {
        let one = scrypt.cost.multipliedReportingOverflow(by: scrypt.blockSize)
        let all = one.partialValue.multipliedReportingOverflow(by: scrypt.lanes)
        guard !one.overflow, !all.overflow, all.partialValue <= scryptBlocks else {
            throw tooDear("N \(scrypt.cost), r \(scrypt.blockSize), p \(scrypt.lanes)")
        }
    }

    static func admit(bcryptCost cost: Int) throws(HashFault) {
        guard cost <= bcryptCost else { throw tooDear("bcrypt with cost \(cost)") }
    }

    static func admit(argon2MemoryKiB memory: Int, passes: Int, lanes: Int) throws(HashFault) {
        guard memory <= argon2MemoryKiB, passes <= argon2Work / max(1, memory), lanes <= argon2Lanes else {
            throw tooDear("m=\(memory),t=\(passes),p=\(lanes)")
        }
    }

    private static func tooDear(_ what: String) -> HashFault {
        .unusable("the hash costs more than a sign-in may (\(what))")
    }
}
