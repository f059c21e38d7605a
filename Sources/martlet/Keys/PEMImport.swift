import Cryptography
import Foundation
import JOSE
import OAuth

/// Private keys made elsewhere and put into the folder of keys as `*.pem`: taken over at the next start.
///
/// The algorithm follows from the kind of key; an RSA key in `….ps256.pem` is for PS256. A file taken over
/// is renamed to `….pem.imported`, so that a key which has retired and left the database does not come
/// back with the next start.
struct PEMImport {
    struct Found {
        let path: String
        let key: PrivateKey
        let algorithm: SignatureAlgorithm
    }

    let folder: String
    let algorithms: [SignatureAlgorithm]

    /// Every key there is. Refuses with every fault there is.
    func read() throws(CommandRefusal) -> [Found] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        var found: [Found] = []
        var faults: [String] = []
        for name in names.sorted() where name.hasSuffix(".pem") && !name.hasPrefix(".") {
            do throws(CommandRefusal) {
                found.append(try read("\(folder)/\(name)"))
            } catch {
                faults += error.sentences
            }
        }
        guard faults.isEmpty else { throw CommandRefusal(faults) }
        return found
    }

    /// Gives what is there to the vault; returns the files taken over.
    func run(into vault: SigningKeyVault, at now: Instant) async throws -> [String] {
        var taken: [String] = []
        for found in try read() {
            if try await vault.importKey(found.key, algorithm: found.algorithm, at: now) { taken.append(found.path) }
            // Where the folder cannot be written the key stays offered, which is harmless while it is known.
            let keyID = try SigningKey(privateKey: found.key, algorithm: found.algorithm).keyID
            if vault.keyRing.verificationKey(id: keyID) != nil { rename(found.path, found.path + ".imported") }
        }
        return taken
    }

    private func read(_ path: String) throws(CommandRefusal) -> Found {
        let key: PrivateKey
        do {
            key = try PrivateKey(pem: KeyFile.read(path))
        } catch let fault as KeyFile.Fault {
            throw CommandRefusal("the key \(path) \(fault.sentence)")
        } catch {
            throw CommandRefusal(
                "the key \(path) cannot be taken over: \(error); put an unencrypted private key in PEM there, or take the file away"
            )
        }
        let algorithm: SignatureAlgorithm =
            switch key.type {
            case .rsa: path.lowercased().hasSuffix(".ps256.pem") ? .ps256 : .rs256
            case .p256: .es256
            case .ed25519: .edDSA
            }
        guard algorithms.contains(algorithm) else {
            throw CommandRefusal(
                "the key \(path) is for \(algorithm.rawValue), which signing.algorithms leaves out; add it there, or take the file away"
            )
        }
        return Found(path: path, key: key, algorithm: algorithm)
    }
}
