import OAuth
import TestSupport
import Testing

@testable import Web

@Suite("Forms with a file in them")
struct MultipartForms {
    static let plain =
        "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n--x\r\n"
        + "Content-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
        + "\u{0}\r\n--\r\n\r\n--x--\r\n"

    private func read(_ text: String) throws(OAuthError) -> MultipartForm {
        try MultipartForm(Array(text.utf8), boundary: "x")
    }

    @Test("RFC 7578: fields and a file, byte for byte; what a file is called counts for nothing")
    func genuine() throws {
        let form = try read(Self.plain)
        #expect(form.fields.map(\.name) == ["csrf"] && form.fields.first?.value == "token")
        #expect(form.files["picture"] == Array("\u{0}\r\n--\r\n".utf8) && form.files.count == 1)
    }

    @Test(
        "IN1: what could be read in two ways is refused",
        arguments: [
            "", "--x", "--x\r\n", "x", Self.plain.replacing("\r\n", with: "\n"), " " + Self.plain,
            "preamble\r\n" + Self.plain, Self.plain + "epilogue", Self.plain.replacing("--x--", with: "--x"),
            Self.plain.replacing("form-data;", with: "attachment;"),
            Self.plain.replacing("name=\"csrf\"", with: "name=csrf"),
            Self.plain.replacing("name=\"csrf\"", with: "name=\"picture\""),
            Self.plain.replacing("name=\"csrf\"", with: "name=\"\""),
            Self.plain.replacing("name=\"csrf\"", with: "name=\"a\\\"b\""),
            Self.plain.replacing("name=\"csrf\"", with: "name*=utf-8''csrf"),
            Self.plain.replacing("name=\"csrf\"", with: "name=\"csrf\"; name=\"other\""),
            Self.plain.replacing("Content-Disposition: form-data; name=\"csrf\"", with: "X: y"),
            Self.plain.replacing("Content-Type: image/png", with: "Content-Transfer-Encoding: base64"),
            Self.plain.replacing("Content-Type: image/png", with: "Content-Type: a\r\nContent-Type: b"),
        ])
    func refused(text: String) {
        #expect(throws: OAuthError.self) { try read(text) }
    }

    @Test("A text that is no UTF-8, a head without end, and more parts than any form has are refused")
    func bounded() {
        let broken = Array(Self.plain.utf8).map { $0 == UInt8(ascii: "k") ? 0xFF : $0 }
        #expect(throws: OAuthError.self) { try MultipartForm(broken, boundary: "x") }
        let head = Self.plain.replacing("name=\"csrf\"", with: "name=\"" + String(repeating: "a", count: 2000) + "\"")
        #expect(throws: OAuthError.self) { try read(head) }
        let parts = (0..<9).map { "--x\r\nContent-Disposition: form-data; name=\"a\($0)\"\r\n\r\nv\r\n" }.joined()
        #expect(throws: OAuthError.self) { try read(parts + "--x--") }
    }

    @Test(
        "The boundary is what browsers make up, given once",
        arguments: [
            ("multipart/form-data; boundary=----WebKitFormBoundaryAbc123", true),
            ("multipart/form-data; boundary=-----------------------------9051914041544843365972754266", true),
            ("Multipart/Form-Data;boundary=a", true), ("multipart/form-data", false),
            ("multipart/form-data; boundary=", false), ("multipart/form-data; boundary=\"a b\"", false),
            ("multipart/form-data; boundary=a; charset=utf-8", false), ("multipart/mixed; boundary=a", false),
            ("multipart/form-data; boundary=" + String(repeating: "a", count: 71), false),
            ("application/x-www-form-urlencoded", false), ("", false),
        ])
    func boundary(type: String, isSent: Bool) {
        #expect(MultipartForm.isSent([.contentType: type]) == isSent)
        #expect(!MultipartForm.isSent([.contentType: type, .contentType: type]))
    }

    @Test("IN10: any bytes are refused or read, and nothing traps")
    func fuzzed() {
        var dice = Dice(seed: 7578)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = dice.mutated(Array(Self.plain.utf8))
            if let form = try? MultipartForm(bytes, boundary: "x") {
                accepted += 1
                #expect(form.fields.count + form.files.count <= 8)
            }
        }
        #expect(accepted > 100)
    }
}
