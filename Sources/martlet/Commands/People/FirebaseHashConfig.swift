import Foundation
import Identity
import JSON

/// “Password hash parameters” as Firebase's console shows them, saved in a file; or the same as JSON.
///
/// ```
/// hash_config {
///   algorithm: SCRYPT,
///   base64_signer_key: jxspr8Ki0R…,
///   base64_salt_separator: Bw==,
///   rounds: 8,
///   mem_cost: 14,
/// }
/// ```
enum FirebaseHashConfig {
    private static let names = ["base64_signer_key", "base64_salt_separator", "rounds", "mem_cost"]

    static func read(_ path: String) throws(CommandRefusal) -> FirebaseHashParameters {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandRefusal("\(path) cannot be read", exitCode: .usage)
        }
        guard data.count <= 65_536 else { throw CommandRefusal("\(path) is too long to be hash parameters") }
        return try parse(String(decoding: data, as: UTF8.self), path)
    }

    static func parse(_ text: String, _ path: String) throws(CommandRefusal) -> FirebaseHashParameters {
        let values = values(in: text)
        guard values["algorithm", default: "SCRYPT"].uppercased() == "SCRYPT" else {
            throw CommandRefusal("\(path): the algorithm is not SCRYPT, which is the only one Firebase exports")
        }
        let missing = names.filter { values[$0] == nil }
        guard missing.isEmpty, let rounds = values["rounds"].flatMap({ Int($0) }),
            let memory = values["mem_cost"].flatMap({ Int($0) })
        else {
            throw CommandRefusal(
                "\(path): give \(names.joined(separator: ", ")), as the console shows them "
                    + "(missing or no number: \((missing.isEmpty ? ["rounds or mem_cost"] : missing).joined(separator: ", ")))"
            )
        }
        do {
            return try FirebaseHashParameters(
                signerKey: values["base64_signer_key"] ?? "", saltSeparator: values["base64_salt_separator"] ?? "",
                rounds: rounds, memoryCost: memory)
        } catch {
            throw CommandRefusal("\(path): \(HashFaultText.text(error))")
        }
    }

    private static func values(in text: String) -> [String: String] {
        if let object = try? JSONValue(parsing: text).objectValue {
            let inner = object["hash_config"]?.objectValue ?? object
            return Dictionary(
                inner.members.map { ($0.key, $0.value.stringValue ?? $0.value.text) },
                uniquingKeysWith: { first, _ in first })
        }
        let pairs = text.split(whereSeparator: \.isNewline).compactMap { line -> (String, String)? in
            let halves = line.split(separator: ":", maxSplits: 1).map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t,;\""))
            }
            guard halves.count == 2, let name = halves.first, let value = halves.last else { return nil }
            return (name, value)
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}

enum HashFaultText {
    static func text(_ fault: HashFault) -> String {
        switch fault {
        case .malformed(let reason), .unusable(let reason): reason
        }
    }
}
