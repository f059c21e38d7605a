import Cryptography
import JSON

/// How the parts of a hash are read: strictly, in one spelling each.
enum HashText {
    /// Parts of a stored hash that are parted by `$`, exactly so many.
    static func fields(_ text: String, _ count: Int) throws(HashFault) -> [String] {
        let fields = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == count else { throw .malformed("the hash has \(fields.count) parts instead of \(count)") }
        return fields
    }

    /// Decimal figures, from 1 to 999,999,999.
    static func number(_ text: String, _ name: String) throws(HashFault) -> Int {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text.utf8.first != 0x30, let number = Int(text)
        else { throw .malformed("\(name) is no number from 1 to 999999999") }
        return number
    }

    static func number(_ value: JSONValue?, _ name: String) throws(HashFault) -> Int {
        if let text = value?.stringValue { return try number(text, name) }
        return try number(value?.integerValue.map(String.init) ?? "", name)
    }

    /// Numbers parted by commas, each behind its name: `m=19456,t=2,p=1`.
    static func numbers(_ text: String, _ names: [String]) throws(HashFault) -> [Int] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == names.count else { throw .malformed("the parameters are not \(names)") }
        var numbers: [Int] = []
        for (part, name) in zip(parts, names) {
            guard part.utf8.starts(with: name.utf8) else { throw .malformed("the parameters are not \(names)") }
            let figures = String(decoding: part.utf8.dropFirst(name.utf8.count), as: UTF8.self)
            numbers.append(try number(figures, "the parameter \(name)"))
        }
        return numbers
    }

    /// Standard base64, padded; as Django and Keycloak write it.
    static func base64(_ text: String, _ name: String) throws(HashFault) -> [UInt8] {
        try bounded(text.utf8.count <= HashCeiling.storedBytes ? Base64.decode(text) : nil, name)
    }

    /// Standard base64 without padding, as PHC strings have it; padding is let pass.
    static func phcBase64(_ text: String, _ name: String) throws(HashFault) -> [UInt8] {
        guard text.utf8.count % 4 != 0 else { return try base64(text, name) }
        return try base64(text + String(repeating: "=", count: 4 - text.utf8.count % 4), name)
    }

    /// Either alphabet, padded or not: Firebase's console, command line and libraries differ.
    static func anyBase64(_ text: String, _ name: String) throws(HashFault) -> [UInt8] {
        let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return try phcBase64(String(standard), name)
    }

    /// What stored forms are written in.
    static func base64URL(_ text: String, _ name: String) throws(HashFault) -> [UInt8] {
        try bounded(text.utf8.count <= HashCeiling.storedBytes ? Base64URL.decode(text) : nil, name)
    }

    static func hex(_ text: String, _ name: String) throws(HashFault) -> [UInt8] {
        try bounded(text.utf8.count <= HashCeiling.storedBytes ? Hex.decode(text) : nil, name)
    }

    static func utf8(_ text: String, _ name: String) throws(HashFault) -> [UInt8] {
        try bounded(Array(text.utf8.prefix(HashCeiling.storedBytes)), name)
    }

    private static func bounded(_ bytes: [UInt8]?, _ name: String) throws(HashFault) -> [UInt8] {
        guard let bytes else { throw .malformed("\(name) is not encoded as it should be") }
        guard !bytes.isEmpty else { throw .malformed("\(name) is empty") }
        guard bytes.count <= HashCeiling.fieldBytes else {
            throw .malformed("\(name) is longer than \(HashCeiling.fieldBytes) bytes")
        }
        return bytes
    }
}
