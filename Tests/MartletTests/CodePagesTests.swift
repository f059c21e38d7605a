import Foundation
import Testing

@testable import martlet

@Suite("Pages of code that are given back")
struct CodePagesTests {
    private static let maps = """
        55d0c000-55d0f000 r--p 00000000 fe:00 1573                       /usr/bin/martlet
        55d0f000-55d12000 r-xp 00003000 fe:00 1573                       /usr/bin/martlet
        55d12000-55d13000 rw-p 00006000 fe:00 1573                       /usr/bin/martlet
        55d13000-55d14000 rwxp 00006000 fe:00 1573                       /usr/bin/martlet
        55d14000-55d15000 r-xs 00006000 fe:00 1573                       /usr/bin/martlet
        55d15000-55d16000 --xp 00006000 fe:00 1573                       /usr/bin/martlet
        55d16000-55d17000 r-xp 00006000 fe:00 1574                       /usr/bin/martlet2
        7f000000-7f001000 r-xp 00000000 00:00 0
        7f002000-7f003000 r-xp 00000000 00:00 0                          [vdso]
        7f004000-7f006000 r-xp 00001000 fe:00 99                         /opt/with spaces/martlet (deleted)
        ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0          [vsyscall]
        """

    @Test("Only the program's own code, whatever else lies there")
    func choice() {
        #expect(CodePages.code(of: "/usr/bin/martlet", in: Self.maps) == [0x55d0_f000..<0x55d1_2000])
        let replaced = "/opt/with spaces/martlet (deleted)"
        #expect(CodePages.code(of: replaced, in: Self.maps) == [0x7f00_4000..<0x7f00_6000])
        for other in ["", "[vdso]", "martlet", "/usr/bin", "/usr/bin/martle", "0"] {
            #expect(CodePages.code(of: other, in: Self.maps).isEmpty)
        }
    }

    @Test(
        "Lines that are none are left alone",
        arguments: [
            "", "-", "r-xp", "zz-zz r-xp 0 0 0 /lib", "2000-1000 r-xp 0 0 0 /lib", "1000-1000 r-xp 0 0 0 /lib",
            "1000 r-xp 0 0 0 /lib", "1000-2000-3000 r-xp 0 0 0 /lib", "1000-fffffffffffffffff r-xp 0 0 0 /lib",
            "ffffffffff600000-ffffffffff601000 r-xp 0 0 0 /lib", "1000-2000 r-xp 0 0 0", "1000-2000 r-xp 0 0 0 lib",
        ])
    func noLines(_ text: String) {
        #expect(CodePages.code(of: "/lib", in: text).isEmpty)
    }

    @Test("A process goes on with its code, and has less of it in memory")
    func givenBack() throws {
        // Touches each page that lies in the system's cache of the file, as a long life would.
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let ranges = CodePages.code(of: program, in: try Self.text("maps"))
        for range in ranges {
            for page in stride(from: range.lowerBound, to: range.upperBound, by: 4096) {
                _ = UnsafePointer<UInt8>(bitPattern: page)?.pointee
            }
        }
        let before = try Self.resident(program)
        #expect(CodePages.giveBack() == ranges.reduce(0) { $0 + $1.count })
        #expect(try Self.resident(program) < before / 2, "of \(before) kB")
    }

    /// The code of this program that is in memory, in kB.
    private static func resident(_ program: String) throws -> Int {
        var isCode = false
        var size = 0
        for line in try text("smaps").split(separator: "\n") {
            let rights = line.split(separator: " ").dropFirst().first ?? ""
            if rights.count == 4, rights.hasSuffix("p") || rights.hasSuffix("s") {
                isCode = rights == "r-xp" && line.hasSuffix(program)
            }
            if isCode, line.hasPrefix("Rss:") {
                size += line.split(separator: " ").compactMap { Int($0) }.first ?? 0
            }
        }
        return size
    }

    private static func text(_ name: String) throws -> String {
        try String(contentsOfFile: "/proc/self/\(name)", encoding: .utf8)
    }
}
