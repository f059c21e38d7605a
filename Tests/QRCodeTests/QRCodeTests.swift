import QRCode
import Testing

@Suite("QR codes")
struct QRCodeTests {
    private static let uri = "otpauth://totp/Martlet:ada%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

    @Test("A text too long for a code is none")
    func tooLong() {
        #expect(QRCode(String(repeating: "a", count: 4000)) == nil)
        #expect(QRCode("a\u{0}b") == nil)
    }

    /// ISO/IEC 18004 table 7: so many bytes fit into each version at level M.
    @Test(
        "A code is 17 modules and four for each version, of which it takes the smallest that holds the text",
        arguments: [(1, 1), (14, 1), (15, 2), (26, 2), (27, 3), (42, 3), (43, 4), (62, 4), (63, 5), (84, 5), (106, 6)])
    func sizes(length: Int, version: Int) throws {
        let code = try #require(QRCode(String(repeating: "a", count: length)))
        #expect(code.size == 17 + 4 * version)
        #expect(code.modules.count == code.size * code.size)
    }

    @Test("The finder patterns are in three corners and not in the fourth", arguments: ["A", Self.uri])
    func finders(text: String) throws {
        let code = try #require(QRCode(text))
        let far = code.size - 7
        #expect(Self.isFinder(code, 0, 0) && Self.isFinder(code, 0, far) && Self.isFinder(code, far, 0))
        #expect(!Self.isFinder(code, far, far))
    }

    @Test("Between them dark and light take turns, and the one module that is always dark is dark")
    func timing() throws {
        let code = try #require(QRCode(Self.uri))
        for place in 8..<(code.size - 8) {
            #expect(code.modules[6 * code.size + place] == place.isMultiple(of: 2))
            #expect(code.modules[place * code.size + 6] == place.isMultiple(of: 2))
        }
        #expect(code.modules[(code.size - 8) * code.size + 8])
    }

    @Test("One text has one code, another has another")
    func sameness() {
        #expect(QRCode(Self.uri) == QRCode(Self.uri) && QRCode(Self.uri) != QRCode(Self.uri + "A"))
    }

    @Test("The path draws every dark module and no other, within a quiet zone of four", arguments: ["A", Self.uri])
    func path(text: String) throws {
        let code = try #require(QRCode(text))
        #expect(code.side == code.size + 8 && QRCode.quietZone == 4)
        #expect(code.path.wholeMatch(of: /(M\d+ \d+h\d+v1H\d+z)+/) != nil)
        var drawn = Array(repeating: false, count: code.side * code.side)
        for run in code.path.matches(of: /M(\d+) (\d+)h(\d+)v1H(\d+)z/) {
            let (column, row) = (try #require(Int(run.1)), try #require(Int(run.2)))
            let length = try #require(Int(run.3))
            #expect(run.1 == run.4 && length > 0 && column + length <= code.side - 4)
            for place in column..<(column + length) {
                #expect(!drawn[row * code.side + place])
                drawn[row * code.side + place] = true
            }
        }
        for row in 0..<code.side {
            for column in 0..<code.side {
                let inner = (4..<(code.side - 4)).contains(row) && (4..<(code.side - 4)).contains(column)
                let wanted = inner && code.modules[(row - 4) * code.size + column - 4]
                #expect(drawn[row * code.side + column] == wanted, "\(row) \(column)")
            }
        }
    }

    /// Dark, a light ring, and three by three dark in the middle (ISO/IEC 18004 §5.3.2.1).
    private static func isFinder(_ code: QRCode, _ top: Int, _ left: Int) -> Bool {
        (0..<7).allSatisfy { row in
            (0..<7).allSatisfy { column in
                let ring = max(abs(row - 3), abs(column - 3))
                return code.modules[(top + row) * code.size + left + column] == (ring != 2)
            }
        }
    }
}
