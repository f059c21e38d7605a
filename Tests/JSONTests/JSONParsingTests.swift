import JSON
import TestSupport
import Testing

@Suite("Parsing: RFC 8259, strictly")
struct JSONParsingTests {
    @Test(
        "Every kind of value is read",
        arguments: [
            ("null", JSONValue.null), ("true", true), ("false", false), ("0", 0), ("-12", -12),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("1.5", 1.5), ("1e2", .real(100)), ("\"a\"", "a"), ("[]", []), ("{}", [:]),
            (" [ 1 , \"b\" , null ] ", [1, "b", nil]), ("{\"a\":{\"b\":[true]}}", ["a": ["b": [true]]]),
        ] as [(String, JSONValue)]
    )
    func values(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test("RFC 8259 §7: escapes and surrogate pairs become the characters they mean")
    func escapes() throws {
        let value = try JSONValue(parsing: #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#)
        #expect(value == "\"\\/\u{8}\u{C}\n\r\té😀")
    }

    @Test("Members keep the order they were written in")
    func order() throws {
        let object = try #require(JSONValue(parsing: #"{"z":1,"a":2,"m":3}"#).objectValue)
        #expect(object.keys == ["z", "a", "m"])
    }

    @Test(
        "JW3 Two members of one name are refused, at any depth and however they are spelt",
        arguments: [
            #"{"aud":"a","aud":"b"}"#, #"{"aud":"a","aud":"a"}"#, #"{"a":{"b":1,"b":2}}"#, #"[{"b":1,"c":0,"b":2}]"#,
            #"{"a":1,"\u0061":2}"#, #"{"":1,"":2}"#,
        ]
    )
    func duplicates(text: String) throws {
        let fault = try #require(throws: JSONFault.self) { try JSONValue(parsing: text) }
        #expect(fault.message.hasPrefix("duplicate object key"))
    }

    @Test("Keys that only look alike are different members, found by their own bytes")
    func lookalikes() throws {
        let object = try #require(JSONValue(parsing: #"{"K":1,"\u212a":2,"\u00e9":3,"e\u0301":4}"#).objectValue)
        #expect(object.count == 4)
        #expect(object["K"] == 1)
        #expect(object["\u{212A}"] == 2)
        #expect(object["\u{E9}"] == 3)
        #expect(object["e\u{301}"] == 4)
    }

    @Test(
        "What the grammar does not know is refused",
        arguments: [
            "", " ", "nul", "True", "[1,]", "{\"a\":1,}", "[1 2]", "{a:1}", "{'a':1}", "{\"a\"}", "{\"a\":}", "[", "]",
            "{",
            "01", "+1", "1.", ".5", "1e", "0x10", "NaN", "Infinity", "-", "1e400", "9223372036854775808", "\"a",
            "\"\\x\"",
            "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83dx\"", "\"a\nb\"", "\"\t\"", "\"\\u0000\"",
            "{\"a\\u0000\":1}", "// note\n1", "/* note */ 1", "1 1", "{} x", "\u{FEFF}{}",
        ]
    )
    func grammar(text: String) {
        #expect(throws: JSONFault.self) { try JSONValue(parsing: text) }
    }

    @Test("A NUL does not end the text, as C would have it: what stands behind it is not overlooked")
    func trailingNUL() throws {
        for text in ["{}\u{0}", "{\"a\":1}\u{0}{\"a\":2}", "1\u{0}", "\u{0}", "\u{0}{}", "[1,\u{0}2]"] {
            let fault = try #require(throws: JSONFault.self) { try JSONValue(parsing: text) }
            #expect(fault.message == "NUL outside a string")
        }
    }

    @Test(
        "JW11 Bytes that are not UTF-8 are refused",
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            [0xF0, 0x80, 0x80, 0xAF],
        ] as [[UInt8]]
    )
    func encoding(bytes: [UInt8]) {
        let quote = [UInt8(ascii: "\"")]
        #expect(throws: JSONFault.self) { try JSONValue(parsing: quote + bytes + quote) }
        #expect(throws: JSONFault.self) { try JSONValue(parsing: bytes) }
    }

    @Test("Nesting is allowed to the limit and refused beyond it, with its place")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try JSONValue(parsing: nested(32)).arrayValue?.count == 1)
        let fault = try #require(throws: JSONFault.self) { try JSONValue(parsing: nested(33)) }
        #expect(fault == JSONFault(message: "nested deeper than 32", line: 1, column: 33))
        #expect(throws: JSONFault.self) { try JSONValue(parsing: Array("[[1]]".utf8), maximumDepth: 1) }
        #expect(throws: JSONFault.self) { try JSONValue(parsing: Array("[]".utf8), maximumDepth: 0) }
    }

    @Test("IN10 No caller can ask for a nesting that would exhaust the stack")
    func absurdDepth() {
        let text = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONFault.self) {
            try JSONValue(parsing: text, maximumDepth: .max, maximumBytes: .max)
        }
    }

    @Test("Brackets inside strings are no nesting")
    func bracketsInStrings() throws {
        let text = "\"" + String(repeating: "[{\\\"", count: 100) + "\""
        #expect(try JSONValue(parsing: text).stringValue?.count == 300)
    }

    @Test("Length is allowed to the limit and refused beyond it")
    func length() throws {
        let text = "\"" + String(repeating: "a", count: 65_534) + "\""
        #expect(try JSONValue(parsing: text).stringValue?.utf8.count == 65_534)
        #expect(throws: JSONFault.self) { try JSONValue(parsing: text + " ") }
        #expect(throws: JSONFault.self) { try JSONValue(parsing: Array("10".utf8), maximumBytes: 1) }
        #expect(throws: JSONFault.self) { try JSONValue(parsing: Array("1".utf8), maximumBytes: -1) }
    }

    @Test(
        "A fault names its line and column, from 1",
        arguments: [
            ("{\n  \"a\": 1,\n  \"b\" 2\n}", 3, 7), ("[1,\n]", 2, 1), ("nul", 1, 3), ("", 1, 1),
            ("{\"a\":1,\n\"a\":2}", 2, 3),
        ]
    )
    func places(text: String, line: Int, column: Int) throws {
        let fault = try #require(throws: JSONFault.self) { try JSONValue(parsing: text) }
        #expect(fault.line == line)
        #expect(fault.column == column)
        #expect(fault.description.hasPrefix("line \(line), column \(column): "))
    }

    @Test("CR5 A fault does not repeat the text around it, which may be a secret")
    func discretion() throws {
        for text in [
            #"{"client_secret": hunter2}"#, #"{"client_secret": "hunter2"#, "{\"client_secret\": \"hunter2\n\"}",
        ] {
            let fault = try #require(throws: JSONFault.self) { try JSONValue(parsing: text) }
            #expect(!fault.description.contains("hunter2"))
        }
    }

    @Test("IN10 Mutated texts never trap, and what is read survives being written")
    func mutations() throws {
        var dice = Dice(seed: 11)
        let text = Array(
            #"{"iss":"https://a.example","aud":["x","y"],"exp":1.5e3,"n":-7,"ok":true,"é":{"\u00e9\n":null}}"#.utf8)
        for _ in 0..<30_000 {
            guard let value = try? JSONValue(parsing: dice.mutated(text)) else { continue }
            #expect(try JSONValue(parsing: value.bytes()) == value)
        }
    }

    @Test("IN10 Random bytes never trap")
    func noise() {
        var dice = Dice(seed: 12)
        for count in 0..<5_000 { _ = try? JSONValue(parsing: dice.bytes(count % 60)) }
    }
}
