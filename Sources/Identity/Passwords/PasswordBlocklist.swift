import Cryptography
import Foundation

/// Passwords that an operator does not want to be set: words, one a line, or SHA-1 digests, as Have I Been Pwned
/// offers its list for use without asking anybody (`40 hexadecimal digits[:count]`).
///
/// Eight bytes are kept of each, in order. SHA-1 is how that list is written, and protects nothing here.
package struct PasswordBlocklist: Sendable, Equatable {
    package struct Fault: Error, Equatable, CustomStringConvertible {
        /// From 1; 0 for the whole.
        package let line: Int
        package let reason: String

        package var description: String { line == 0 ? reason : "line \(line): \(reason)" }
    }

    package static let mostLines = 2_000_000
    private static let longestLine = 1024

    private let marks: [UInt64]
    private let isOfDigests: Bool

    /// Reads the text of a list. The first line that is neither empty nor a remark (`#`) says of which kind it is.
    package init(_ text: [UInt8]) throws(Fault) {
        var marks: [UInt64] = []
        var isOfDigests: Bool?
        var number = 0
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard !line.isEmpty, line.first != UInt8(ascii: "#") else { continue }
            guard marks.count < Self.mostLines else {
                throw Fault(line: number, reason: "more than \(Self.mostLines) passwords; leave out the rarer ones")
            }
            let digest = Self.digest(line)
            let isDigest = isOfDigests ?? (digest != nil)
            isOfDigests = isDigest
            marks.append(isDigest ? try Self.mark(digest, number) : try Self.mark(word: line, number))
        }
        guard let isOfDigests else { throw Fault(line: 0, reason: "it holds no password") }
        self.marks = marks.sorted()
        self.isOfDigests = isOfDigests
    }

    package var count: Int { marks.count }

    func contains(_ text: PasswordText) -> Bool {
        guard isOfDigests else { return contains(PasswordMark.number(SHA256.digest(PasswordMark.folded(text.bytes)))) }
        // What cannot be looked up is not let through.
        guard let digest = try? LegacyDigest.sha1.digest(text.bytes) else { return true }
        return contains(PasswordMark.number(digest))
    }

    private func contains(_ mark: UInt64) -> Bool {
        var range = marks[...]
        while let middle = range.indices.dropFirst(range.count / 2).first {
            if marks[middle] == mark { return true }
            range = marks[middle] < mark ? range[(middle + 1)...] : range[..<middle]
        }
        return false
    }

    private static func mark(_ digest: [UInt8]?, _ line: Int) throws(Fault) -> UInt64 {
        guard let digest else {
            throw Fault(line: line, reason: "no SHA-1 digest of 40 hexadecimal digits, as the lines before it are")
        }
        return PasswordMark.number(digest)
    }

    private static func mark(word: Array<UInt8>.SubSequence, _ line: Int) throws(Fault) -> UInt64 {
        guard word.count <= longestLine else { throw Fault(line: line, reason: "longer than any password may be") }
        guard let text = String(validating: word, as: UTF8.self), let password = PasswordText(text) else {
            throw Fault(line: line, reason: "no UTF-8 text")
        }
        return PasswordMark.number(SHA256.digest(PasswordMark.folded(password.bytes)))
    }

    /// Of `40 hexadecimal digits`, with `:` and a count or without.
    private static func digest(_ line: Array<UInt8>.SubSequence) -> [UInt8]? {
        let halves = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let digits = halves.first, digits.count == 40,
            halves.dropFirst().allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        return Hex.decode(String(decoding: digits, as: UTF8.self))
    }
}
