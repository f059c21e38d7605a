import JSON
import TestSupport
import Testing

@Suite("Records of long texts, one at a time")
struct JSONRecordsTests {
    /// In pieces of so many bytes, since a record may end anywhere.
    private static func read(
        _ bytes: [UInt8], member: String? = nil, mostBytes: Int = 1000, piece: Int = 7
    ) throws -> [JSONRecords.Record] {
        var rest = bytes[...]
        var records = JSONRecords(member: member, mostBytes: mostBytes) {
            defer { rest = rest.dropFirst(piece) }
            return Array(rest.prefix(piece))
        }
        var all: [JSONRecords.Record] = []
        while let record = try records.next() { all.append(record) }
        return all
    }

    private static func texts(_ text: String, member: String? = nil, piece: Int = 7) throws -> [String] {
        try read(Array(text.utf8), member: member, piece: piece).map { String(decoding: $0.bytes ?? [], as: UTF8.self) }
    }

    @Test(
        "An array, an array in an object and lines give the same records, however they are cut into pieces",
        arguments: [1, 2, 3, 7, 1000])
    func forms(piece: Int) throws {
        let records = [#"{"a":"]},\"{"}"#, #"{"b":[1,{"c":"\\"}]}"#, "{}"]
        let joined = records.joined(separator: " ,\n ")
        #expect(try Self.texts(" [\(joined)]\n", piece: piece) == records)
        #expect(try Self.texts("\u{FEFF}[\(joined)]", piece: piece) == records)
        #expect(try Self.texts(records.joined(separator: "\n") + "\n", piece: piece) == records)
        #expect(try Self.texts(records.joined(separator: " "), piece: piece) == records)
        let object =
            #"{"realm":"x","more":{"users":[1]},"list":[[]],"n":1, "users" : [\#(joined)],"z":{"y":"}"},"w":null}"#
        #expect(try Self.texts(object, member: "users", piece: piece) == records)
        #expect(try Self.texts("[\(joined)]", member: "users", piece: piece) == records)
    }

    @Test("What is not an object is a record too, for the reader to refuse")
    func scalars() throws {
        #expect(try Self.texts(#"[1,"a, b",null,[2],-1.5e3]"#) == ["1", #""a, b""#, "null", "[2]", "-1.5e3"])
        #expect(try Self.texts("[]").isEmpty && Self.texts("").isEmpty && Self.texts(" \n ").isEmpty)
        #expect(try Self.texts(#"{"users":[]}"#, member: "users").isEmpty)
    }

    @Test("Each record knows its line and its number")
    func places() throws {
        let records = try Self.read(Array("[\n{\"a\":\n1},\n\n{}\n, {}]".utf8))
        #expect(records.map(\.line) == [2, 5, 6] && records.map(\.number) == [1, 2, 3])
    }

    @Test("A record over the limit is passed over without being held, and the next one is read")
    func tooLong() throws {
        let long = "{\"a\":\"" + String(repeating: "x", count: 100_000) + "\"}"
        for text in ["[\(long),{}]", "\(long)\n{}"] {
            let records = try Self.read(Array(text.utf8), mostBytes: 100, piece: 4096)
            #expect(records.map(\.bytes) == [nil, Array("{}".utf8)])
        }
        let exact = try Self.read(Array("[{\"a\":1}]".utf8), mostBytes: 7)
        #expect(exact.first?.bytes?.count == 7)
        #expect(try Self.read(Array("[{\"a\":1}]".utf8), mostBytes: 6).first?.bytes == nil)
    }

    @Test(
        "A text that is not whole is a fault, and says where",
        arguments: [
            "[", "[{}", "[{},", "[{},]", "[{} {}]", "[,{}]", "[{}] x", "[{}]]", #"[{"a":"b]"#, #"[{"a":"b\"#, "[{]",
            "[[[", "{", #"{"a"#,
        ])
    func damaged(text: String) throws {
        let fault = #expect(throws: JSONFault.self) { try Self.texts(text) }
        #expect(fault?.line == 1)
    }

    @Test(
        "An object without the list, or that does not end, is a fault",
        arguments: [
            "{}", #"{"a":1}"#, #"{"users":{}}"#, #"{"users":1}"#, #"{"a":{"users":[]}}"#, #"{"users"}"#, #"{"users":}"#,
            #"{"users":[]"#, #"{"users":[]]"#, #"{"users":[]} {}"#, #"{"users":[],}"#, #"{"users":[],"a"}"#, #"{1:[]}"#,
            #"{"a":1 "users":[]}"#,
        ])
    func noList(text: String) {
        #expect(throws: JSONFault.self) { try Self.texts(text, member: "users") }
    }

    @Test("IN10: absurd nesting is a fault and costs no stack; no bytes trap")
    func hostile() throws {
        #expect(throws: JSONFault.self) { try Self.texts(String(repeating: "[", count: 1_000_000), piece: 65_536) }
        #expect(throws: JSONFault.self) {
            try Self.texts(#"{"a":"# + String(repeating: "[", count: 100_000), member: "users", piece: 65_536)
        }
        var dice = Dice(seed: 23)
        let seeds = [#"[{"a":"b\"c"},{"d":[1,2]}]"#, #"{"users":[{"a":1}],"b":{}}"#, "{\"a\":1}\n{\"b\":2}\n"]
        for _ in 0..<3000 {
            for seed in seeds {
                let bytes = dice.mutated(Array(seed.utf8))
                let records = try? Self.read(bytes, member: "users", mostBytes: 20)
                #expect((records?.count ?? 0) <= bytes.count)
            }
        }
    }
}
