import Identity

/// Pictures of anybody's making: PNG, JPEG, WebP.
struct PictureTarget: FuzzTarget {
    static let name = "picture"

    /// What the one thing that is written anew takes: which way up.
    private static let mostAdded = 40

    func check(_ bytes: [UInt8]) {
        guard let picture = try? PictureFile(reading: bytes) else { return }
        let sides = PictureFile.permittedSides
        demand(sides.contains(picture.width) && sides.contains(picture.height), "sides are bounded")
        demand(picture.bytes.count <= bytes.count + Self.mostAdded, "nothing is added")
        guard picture.bytes.count <= PictureFile.most else { return }
        demand((try? PictureFile(reading: picture.bytes)) == picture, "what is kept is read as the same")
        let text = String(decoding: picture.bytes, as: Unicode.ASCII.self)
        if picture.format == .png {
            demand(
                !Self.chunks(picture.bytes).contains { ["tEXt", "eXIf", "acTL"].contains($0) },
                "nothing beside the picture")
        }
        if picture.format == .jpeg {
            demand(text.ranges(of: "Exif").count <= 1 || bytes.count > 64, "one orientation at most")
        }
    }

    private static func chunks(_ bytes: [UInt8]) -> [String] {
        var (names, rest) = ([String](), bytes.dropFirst(8))
        while rest.count >= 12 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            names.append(String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self))
            rest = rest.dropFirst(12 + length)
        }
        return names
    }
}
