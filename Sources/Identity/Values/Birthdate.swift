/// A day of birth as OpenID Connect Core §5.1 writes it: `YYYY-MM-DD`, `0000-MM-DD` without the year, or `YYYY`.
package struct Birthdate: Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D }), let year = parts.first,
            year.utf8.count == 4, let years = Int(year)
        else { return nil }
        switch parts.count {
        case 1:
            guard years > 0 else { return nil }
        case 3:
            guard parts[1].utf8.count == 2, parts[2].utf8.count == 2, let month = Int(parts[1]),
                let day = Int(parts[2]), Self.days(in: month, of: years).contains(day)
            else { return nil }
        default: return nil
        }
        description = text
    }

    /// Empty for a month that there is none of. Without a year, February may have its 29th.
    private static func days(in month: Int, of year: Int) -> Range<Int> {
        switch month {
        case 1, 3, 5, 7, 8, 10, 12: 1..<32
        case 4, 6, 9, 11: 1..<31
        case 2: 1..<(isLeap(year) ? 30 : 29)
        default: 1..<1
        }
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }
}
