import HTTPTypes
import OAuth

/// `multipart/form-data`, RFC 7578, as browsers send it: strict and bounded, because two readings of one request are
/// how checks are passed by. Nothing in it is trusted but where each part begins and ends, and what it is called.
struct MultipartForm: Sendable {
    /// What was typed, in the order sent.
    let fields: [(name: String, value: String)]
    /// What was chosen from the disk. Name and type that a part claims for itself are thrown away.
    let files: [String: [UInt8]]

    private static let mostParts = 8
    private static let longestHead = 1024

    static func isSent(_ headers: HTTPFields) -> Bool { boundary(headers) != nil }

    init(_ visit: Visit) throws(OAuthError) {
        guard let boundary = Self.boundary(visit.headers) else { throw Self.refusal }
        try self.init(visit.body, boundary: boundary)
    }

    init(_ body: [UInt8], boundary: String) throws(OAuthError) {
        let mark = Array("--\(boundary)".utf8)
        let lineEnd: [UInt8] = [0x0D, 0x0A]
        var fields: [(name: String, value: String)] = []
        var files: [String: [UInt8]] = [:]
        guard body.starts(with: mark) else { throw Self.refusal }
        var position = mark.count
        while !Self.isEnd(body, at: position) {
            guard Self.has(lineEnd, in: body, at: position), fields.count + files.count < Self.mostParts else {
                throw Self.refusal
            }
            position += 2
            let window = min(body.count, position + Self.longestHead)
            guard let blank = Self.find(lineEnd + lineEnd, in: body, from: position, to: window),
                let end = Self.find(lineEnd + mark, in: body, from: blank + 4, to: body.count)
            else { throw Self.refusal }
            let part = try MultipartHead(Array(body[position..<blank]))
            let content = Array(body[(blank + 4)..<end])
            guard files[part.name] == nil, !fields.contains(where: { $0.name == part.name }) else { throw Self.refusal }
            if part.isFile {
                files[part.name] = content
            } else {
                guard let text = String(validating: content, as: UTF8.self) else { throw Self.refusal }
                fields.append((part.name, text))
            }
            position = end + 2 + mark.count
        }
        self.fields = fields
        self.files = files
    }

    /// `--` and at most a line end: nothing hides behind the last part.
    private static func isEnd(_ body: [UInt8], at position: Int) -> Bool {
        let rest = Array(body.dropFirst(position).prefix(5))
        return rest == [0x2D, 0x2D] || rest == [0x2D, 0x2D, 0x0D, 0x0A]
    }

    private static func has(_ bytes: [UInt8], in body: [UInt8], at position: Int) -> Bool {
        body.dropFirst(position).starts(with: bytes)
    }

    /// Looks for a line end first, which is rare in what it goes through.
    private static func find(_ bytes: [UInt8], in body: [UInt8], from start: Int, to end: Int) -> Int? {
        guard let first = bytes.first, start >= 0, start <= end, end <= body.count else { return nil }
        var position = start
        while position + bytes.count <= end {
            guard let next = body[position..<end].firstIndex(of: first), next + bytes.count <= end else { return nil }
            if body[next..<next + bytes.count].elementsEqual(bytes) { return next }
            position = next + 1
        }
        return nil
    }

    /// RFC 2046 §5.1.1, without the characters that would have to be quoted: what browsers make up.
    private static func boundary(_ headers: HTTPFields) -> String? {
        let values = headers[values: .contentType]
        guard values.count == 1, let parts = values.first?.split(separator: ";", omittingEmptySubsequences: false),
            parts.count == 2, parts[0].lowercased() == "multipart/form-data"
        else { return nil }
        let parameter = parts[1].drop { $0 == " " }
        guard parameter.hasPrefix("boundary=") else { return nil }
        let boundary = parameter.dropFirst(9)
        let isPlain = boundary.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_".utf8.contains(byte)
        }
        return (1...70).contains(boundary.utf8.count) && isPlain ? String(boundary) : nil
    }

    fileprivate static let refusal = OAuthError.invalidRequest(
        "the form cannot be read",
        .form(seen: "a multipart form that cannot be read", expected: "multipart/form-data (RFC 7578)"))
}

/// What stands before the content of a part.
private struct MultipartHead {
    let name: String
    let isFile: Bool

    init(_ bytes: [UInt8]) throws(OAuthError) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw MultipartForm.refusal }
        let lines = text.utf8.split(separator: 0x0A).map { line in
            String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
        }
        let prefix = "content-disposition: form-data; name=\""
        guard let line = lines.first, lines.count <= 2, line.lowercased().hasPrefix(prefix),
            lines.dropFirst().allSatisfy({ $0.lowercased().hasPrefix("content-type: ") })
        else { throw MultipartForm.refusal }
        let rest = line.dropFirst(prefix.count)
        let name = rest.prefix { $0 != "\"" }
        let isPlain = name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
        }
        guard (1...64).contains(name.utf8.count), isPlain else { throw MultipartForm.refusal }
        let tail = rest.dropFirst(name.count)
        let isFile = tail.hasPrefix("\"; filename=\"") && tail.hasSuffix("\"")
        guard isFile || tail == "\"" else { throw MultipartForm.refusal }
        self.name = String(name)
        self.isFile = isFile
    }
}
