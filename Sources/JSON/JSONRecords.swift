/// Reads the records of a text far too long to be held at once, one at a time: the elements of an array, of an array
/// in an object, or values behind one another, a line each as a rule.
///
/// It only finds where a record ends; whether that is JSON, `JSONValue` says, record by record. What stands between
/// records, and that the text is whole, is checked here.
package struct JSONRecords {
    package struct Record: Sendable {
        /// The line it begins on, counted from 1.
        package let line: Int
        /// Counted from 1.
        package let number: Int
        /// `nil` for one over the limit.
        package let bytes: [UInt8]?
    }

    private enum Place {
        case start
        /// `afterComma`: a record must come.
        case inArray(isFirst: Bool)
        case inSequence
        case end
    }

    private var source: JSONByteSource
    private let member: String?
    private let mostBytes: Int
    private var place = Place.start
    private var count = 0

    /// - Parameters:
    ///   - member: the array's name where the text is an object; `nil` for objects behind one another.
    ///   - read: the next bytes, none at the end.
    package init(member: String?, mostBytes: Int = 1 << 20, read: @escaping () throws -> [UInt8]) {
        self.member = member
        self.mostBytes = mostBytes
        source = JSONByteSource(read: read)
    }

    /// The line that is being read, for progress.
    package var line: Int { source.line }

    /// `nil` once, at the end of a whole text. Throws a `JSONFault` where it is not whole, or what `read` throws.
    package mutating func next() throws -> Record? {
        if case .start = place { try start() }
        switch place {
        case .start, .end: return nil
        case .inSequence: return try nextInSequence()
        case .inArray(let isFirst): return try nextInArray(isFirst: isFirst)
        }
    }

    private mutating func start() throws {
        try source.skipByteOrderMark()
        switch try source.skipToToken() {
        case nil: place = .end
        case UInt8(ascii: "["):
            try source.step()
            place = .inArray(isFirst: true)
        case UInt8(ascii: "{") where member != nil:
            try enterMember()
        default: place = .inSequence
        }
    }

    private mutating func nextInSequence() throws -> Record? {
        guard try source.skipToToken() != nil else {
            place = .end
            return nil
        }
        return try record()
    }

    private mutating func nextInArray(isFirst: Bool) throws -> Record? {
        let token = try source.skipToToken()
        if token == UInt8(ascii: "]") {
            try source.step()
            try finish()
            return nil
        }
        if !isFirst {
            guard token == UInt8(ascii: ",") else { throw source.fault("a comma or the end of the list is missing") }
            try source.step()
            guard try source.skipToToken() != UInt8(ascii: "]") else { throw source.fault("a comma before the end") }
        }
        place = .inArray(isFirst: false)
        return try record()
    }

    /// What follows the list: the rest of the object around it, and nothing more.
    private mutating func finish() throws {
        if isWithinObject {
            while try source.skipToToken() == UInt8(ascii: ",") {
                try source.step()
                _ = try source.key()
                try source.value(keeping: 0)
            }
            guard try source.skipToToken() == UInt8(ascii: "}") else { throw source.fault("the object is not closed") }
            try source.step()
        }
        guard try source.skipToToken() == nil else { throw source.fault("something stands behind the end") }
        place = .end
    }

    private var isWithinObject = false

    private mutating func enterMember() throws {
        try source.step()
        isWithinObject = true
        while true {
            guard try source.skipToToken() == UInt8(ascii: "\"") else {
                throw source.fault("no member is a list of people")
            }
            if try source.key().elementsEqual((member ?? "").utf8) { break }
            try source.value(keeping: 0)
            guard try source.skipToToken() == UInt8(ascii: ",") else {
                throw source.fault("no member is a list of people")
            }
            try source.step()
        }
        guard try source.skipToToken() == UInt8(ascii: "[") else { throw source.fault("the member is no list") }
        try source.step()
        place = .inArray(isFirst: true)
    }

    private mutating func record() throws -> Record {
        count += 1
        let line = source.line
        let bytes = try source.value(keeping: mostBytes)
        return Record(line: line, number: count, bytes: bytes)
    }
}
