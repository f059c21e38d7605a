import Foundation
import Places
import Testing

@Suite("Where an address is: from a file, or unknown (B095)")
struct PlaceBookTests {
    private static let long = String(repeating: "Llanfairpwll", count: 10)

    private static func file() -> PlaceFile {
        var file = PlaceFile()
        file.put([192, 0, 2, 0], bits: 24, city: "Zürich", country: "Switzerland")
        file.put([198, 51, 100, 0], bits: 24, city: nil, country: "Norway")
        file.put([203, 0, 113, 0], bits: 25, city: long, country: "Wales")
        file.put([203, 0, 113, 128], bits: 25, city: "x\r\nBcc: eve@example.org", country: "\u{202E}yawroN")
        file.put(
            [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 12), bits: 32, city: "Oslo", country: "Norway")
        return file
    }

    private func book(_ bytes: [UInt8]) throws -> PlaceBook {
        let scratch = PlaceScratch()
        try scratch.write(bytes)
        return try PlaceBook(scratch.path)
    }

    @Test(
        "City and country, as far as they are known",
        arguments: [
            ("192.0.2.7", "Zürich, Switzerland"), ("198.51.100.1", "Norway"),
            ("2001:db8::1", "Oslo, Norway"), ("203.0.113.1", long + ", Wales"), ("192.0.3.1", nil), ("10.0.0.1", nil),
            ("2001:db9::1", nil), ("::1", nil),
        ] as [(String, String?)])
    func places(address: String, place: String?) throws {
        #expect(try book(Self.file().bytes).place(of: address) == place)
    }

    @Test(
        "What is no numeric address is nowhere, and no name is ever resolved",
        arguments: [
            "", "localhost", "example.org", "192.0.2", "192.0.2.7:80", "192.0.2.7\u{0}", "[::1]", "0x7f.1",
            "fe80::1%lo",
        ])
    func noAddress(text: String) throws {
        #expect(try book(Self.file().bytes).place(of: text) == nil)
    }

    @Test("A name that could break out of a line is no name")
    func control() throws {
        #expect(try book(Self.file().bytes).place(of: "203.0.113.200") == nil)
    }

    @Test("A file that is no database is refused with its name")
    func noDatabase() throws {
        for bytes in [[], Array("not a database".utf8), [UInt8](repeating: 0, count: 4096)] as [[UInt8]] {
            #expect(throws: PlacesFault.self) { try book(bytes) }
        }
        #expect(throws: PlacesFault.self) { try PlaceBook("/nonexistent/places.mmdb") }
        #expect(throws: PlacesFault.self) { try PlaceBook("/tmp") }
        #expect(throws: PlacesFault.self) { try PlaceBook("/dev/zero") }
    }

    @Test("However a file is damaged, it is refused or answers: nothing ends")
    func damaged() throws {
        let good = Self.file().bytes
        let scratch = PlaceScratch()
        var answered = 0
        for place in stride(from: 0, to: good.count, by: 1) {
            for damage in [{ $0 ^ 0xFF }, { $0 &+ 1 }, { _ in 0 }] as [(UInt8) -> UInt8] {
                var bytes = good
                bytes[place] = damage(bytes[place])
                try scratch.write(bytes)
                guard let book = try? PlaceBook(scratch.path) else { continue }
                for address in ["192.0.2.7", "203.0.113.200", "2001:db8::1", "255.255.255.255"] {
                    answered += book.place(of: address) == nil ? 0 : 1
                }
            }
        }
        #expect(answered > 1000, "most damage is elsewhere")
        for length in stride(from: 0, to: good.count, by: 7) {
            try scratch.write(good.prefix(length))
            _ = (try? PlaceBook(scratch.path))?.place(of: "192.0.2.7")
        }
    }

    @Test(
        "A file that is cut short while it is in use changes nothing; read again, it is refused and the old one stays")
    func renewed() throws {
        let scratch = PlaceScratch()
        try scratch.write(Self.file().bytes)
        let book = try PlaceBook(scratch.path)
        let file = try FileHandle(forWritingTo: URL(filePath: scratch.path))
        try file.truncate(atOffset: 0)
        #expect(book.place(of: "192.0.2.7") == "Zürich, Switzerland")
        #expect(throws: PlacesFault.self) { try book.reload() }
        #expect(book.place(of: "192.0.2.7") == "Zürich, Switzerland")
        var other = PlaceFile()
        other.put([192, 0, 2, 0], bits: 24, city: "Bern", country: "Switzerland")
        try scratch.write(other.bytes)
        try book.reload()
        #expect(book.place(of: "192.0.2.7") == "Bern, Switzerland")
    }
}
