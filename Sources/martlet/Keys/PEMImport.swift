import Cryptography
import Foundation
import JOSE
import OAuth

/// Private keys made elsewhere and put into the folder of keys as `*.pem`: taken over at the next start. Of those that lie
/// there at the very first one, the first of each algorithm signs at once.
///
/// The algorithm follows from the kind of key; an RSA key in `….ps256.pem` is for PS256. A file taken over
/// is renamed to `….pem.imported`, so that a key which has retired and left the database does not come
/// back with the next start.
struct PEMImport {
    struct Found {
        let path: String
        let key: SigningKey
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
                guard let one = try read("\(folder)/\(name)") else { continue }
                if let other = found.first(where: { $0.key.keyID == one.key.keyID }) {
                    throw CommandRefusal(
                        "the keys \(other.path) and \(one.path) are one and the same; take one of them away")
                }
                found.append(one)
            } catch {
                faults += error.sentences
            }
        }
        guard faults.isEmpty else { throw CommandRefusal(faults) }
        return found
    }

    /// Renames the files of keys that are in the ring.
    func putAway(_ found: [Found], publishedIn ring: KeyRing) {
        for found in found where ring.verificationKey(id: found.key.keyID) != nil {
            // Where the folder cannot be written the key stays offered, which is harmless while it is known.
            rename(found.path, found.path + ".imported")
        }
    }

    /// `nil` of a file that is gone: another process has just taken it over.
    private func read(_ path: String) throws(CommandRefusal) -> Found? {
        let key: PrivateKey
        do {
            key = try PrivateKey(pem: KeyFile.read(path))
        } catch KeyFile.Fault.missing {
            return nil
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
        do throws(JOSEFault) {
            return Found(path: path, key: try SigningKey(privateKey: key, algorithm: algorithm))
        } catch {
            throw CommandRefusal("the key \(path) cannot be taken over: \(error); take the file away")
        }
    }
}
