import Cryptography
import Foundation
import JSON
import OAuth

/// The folder of client files as the commands change it. What they write is read back by the server's own rules first,
/// so that no command leaves a file behind that the server refuses.
struct ClientFolder {
    let directory: String
    let knownScopes: ScopeSet
    let algorithms: [SignatureAlgorithm]

    var files: ClientFiles {
        ClientFiles(directory: directory, knownScopes: knownScopes, algorithms: algorithms)
    }

    /// Somebody in the wrong folder must not leave registrations where no server looks.
    func mustExist() throws(CommandRefusal) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder), isFolder.boolValue else {
            throw CommandRefusal(
                "there is no folder \(directory) in \(FileManager.default.currentDirectoryPath); run this where the "
                    + "server runs, name the folder by --clients-dir, or make it first")
        }
    }

    func path(of id: String) throws(CommandRefusal) -> String {
        guard ClientRegistration.fault(ofID: id) == nil, !id.contains("/"), !id.hasPrefix(".") else {
            throw CommandRefusal(
                "\(id.debugDescription) cannot be a client_id here: it names a file, so give up to 100 letters, digits, "
                    + "dots, hyphens and the like", exitCode: .usage)
        }
        return (directory as NSString).appendingPathComponent("\(id).json")
    }

    func object(_ id: String) throws(CommandRefusal) -> JSONObject? {
        let path = try path(of: id)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let bytes = SmallFile.read(path) else { throw CommandRefusal("\(path) cannot be read") }
        do {
            guard let object = try JSONValue(parsing: bytes).objectValue else {
                throw CommandRefusal("\(path) is not a JSON object")
            }
            return object
        } catch let fault as JSONFault {
            throw CommandRefusal(ClientFault(fault, in: path).description)
        } catch {
            throw CommandRefusal("\(path) is not a JSON object")
        }
    }

    /// For commands about a client that should be there.
    func existing(_ id: String) throws(CommandRefusal) -> JSONObject {
        guard let object = try object(id) else {
            throw CommandRefusal("there is no client \(id.debugDescription) in \(directory); see `martlet client list`")
        }
        return object
    }

    @discardableResult
    func write(_ object: JSONObject, of id: String, replacing: Bool) throws(CommandRefusal) -> String {
        let path = try path(of: id)
        let value = JSONValue.object(object)
        let faults = files.rules.read(value).faults
        guard faults.isEmpty else { throw CommandRefusal(faults.map(\.description)) }
        try mustExist()
        try AtomicFile.write(Array(value.prettyText().utf8), to: path, mode: 0o644, replacing: replacing)
        return path
    }

    @discardableResult
    func remove(_ id: String) throws(CommandRefusal) -> String {
        let path = try path(of: id)
        _ = try existing(id)
        guard unlink(path) == 0 else {
            throw CommandRefusal("\(path) cannot be removed: \(String(cString: strerror(errno)))")
        }
        return path
    }
}
