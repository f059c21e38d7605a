import Foundation

/// A mail read back from the form that `MailMessage` gives it, for looking at what was sent. It understands that form and no
/// other.
package struct KeptMail: Sendable, Equatable {
    package let to: String
    package let from: String
    package let subject: String
    package let date: String
    package let messageID: String
    package let text: String
    package let html: String

    /// `nil` for anything that was not written here.
    package init?(_ message: [UInt8]) {
        let whole = String(decoding: message, as: UTF8.self)
        guard let end = whole.range(of: "\r\n\r\n") else { return nil }
        let headers = Self.headers(whole[..<end.lowerBound])
        guard let to = headers["to"], let from = headers["from"], let subject = headers["subject"],
            let date = headers["date"], let messageID = headers["message-id"],
            let boundary = headers["content-type"]?.firstMatch(of: /boundary="([^"]+)"/)?.1
        else { return nil }
        let parts = whole[end.upperBound...].components(separatedBy: "--\(boundary)")
        guard parts.count == 4 else { return nil }
        (self.to, self.date, self.messageID) = (to, date, messageID)
        (self.from, self.subject) = (Self.decodingWords(from), Self.decodingWords(subject))
        text = Self.content(parts[1])
        html = Self.content(parts[2])
    }

    /// By name in small letters, unfolded.
    private static func headers(_ text: Substring) -> [String: String] {
        var headers: [String: String] = [:]
        for line in text.replacing("\r\n ", with: " ").components(separatedBy: "\r\n") {
            let halves = line.split(separator: ":", maxSplits: 1)
            guard halves.count == 2 else { continue }
            headers[halves[0].lowercased()] = halves[1].trimmingCharacters(in: .whitespaces)
        }
        return headers
    }

    /// Between two encoded words the space is no space (RFC 2047 §6.2).
    private static func decodingWords(_ text: String) -> String {
        var bytes: [UInt8] = []
        var wasWord = false
        for piece in text.split(separator: " ", omittingEmptySubsequences: false) {
            let encoded = piece.wholeMatch(of: /=\?UTF-8\?B\?([A-Za-z0-9+\/=]*)\?=/)?.1
            let word = encoded.flatMap { Data(base64Encoded: String($0)) }
            if !bytes.isEmpty, !(wasWord && word != nil) { bytes.append(0x20) }
            bytes += word.map(Array.init) ?? Array(piece.utf8)
            wasWord = word != nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func content(_ part: String) -> String {
        guard let start = part.range(of: "\r\n\r\n") else { return "" }
        let lines = part[start.upperBound...].replacing("=\r\n", with: "").replacing("\r\n", with: "\n")
        var bytes: [UInt8] = []
        var rest = lines.utf8[...]
        while let byte = rest.popFirst() {
            let figures = rest.prefix(2)
            if byte == UInt8(ascii: "="), figures.count == 2,
                let value = UInt8(String(decoding: figures, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        // The line end before the boundary belongs to it.
        if bytes.last == 0x0A { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
