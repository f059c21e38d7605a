import Identity

/// What people call themselves: names, usernames, days of birth, and the roles and reasons of administrators (IN12).
struct NamesTarget: FuzzTarget {
    static let name = "names"

    func check(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let name = try? PersonName(text) {
            demand((1...100).contains(name.text.unicodeScalars.count), "a name is bounded")
            demand(name.text.unicodeScalars.allSatisfy(isHarmless), "a name is one line that shows what it says")
            demand((try? PersonName(name.text)) == name, "a name that is kept is a name")
        }
        if let name = Username(text) { check(name) }
        if let day = Birthdate(text) {
            demand(
                day.description.utf8.elementsEqual(text.utf8) && [4, 10].contains(text.utf8.count),
                "a day is as it was typed")
        }
        demand(
            VisibleText.isOneLine(text) == text.unicodeScalars.allSatisfy(VisibleText.isVisible),
            "a line is its letters")
    }

    private func check(_ name: Username) {
        demand(
            name.canonical.unicodeScalars.allSatisfy(isHarmless) && !name.canonical.contains(" "),
            "a username is one word")
        demand((1...150).contains(name.typed.unicodeScalars.count), "a username is bounded")
        demand(
            EmailAddress(name.canonical) == nil && EmailAddress(name.typed) == nil, "a username is no address (PW10)")
        demand(Username(name.typed)?.canonical == name.canonical, "what was typed means the same again")
        if let again = Username(name.canonical) {
            demand(again.canonical == name.canonical, "the form that is unique is its own")
        }
    }

    private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && !(0x2028...0x202E).contains(scalar.value)
            && !(0x2066...0x2069).contains(scalar.value)
    }
}
