import Foundation

/// The program's code in memory is pages of its file. A start goes through most of it once, and what it has touched stays
/// resident although nothing uses it any more: more than half of what an idle server has.
enum CodePages {
    /// Gives them back to the system. A page that is needed comes again from its cache of the file.
    /// - Returns: How many bytes of addresses were given back.
    @discardableResult
    static func giveBack() -> Int {
        // Nothing else is touched: a library can be unloaded meanwhile, and its addresses be somebody's memory.
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        else { return 0 }
        return code(of: program, in: maps).reduce(0) { bytes, range in
            let given = madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED) == 0
            return given ? bytes + range.count : bytes
        }
    }

    /// Where a file lies that can be run and cannot be written to, so that the file has all of it: proc(5),
    /// `55d0c000-55d0f000 r-xp 00002000 fe:00 1573 /usr/bin/martlet`.
    static func code(of program: String, in maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5)
            guard fields.count == 6, fields[1] == "r-xp", program.hasPrefix("/"),
                fields[5].drop(while: { $0 == " " }) == program
            else { return nil }
            let ends = fields[0].split(separator: "-").map { UInt($0, radix: 16) }
            guard ends.count == 2, let begin = ends[0], let end = ends[1], begin < end, end <= UInt(Int.max) else {
                return nil
            }
            return begin..<end
        }
    }
}
