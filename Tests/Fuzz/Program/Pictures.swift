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
        switch picture.format {
        case .png:
            let others = ["tEXt", "iTXt", "zTXt", "eXIf", "acTL", "tIME"]
            demand(!Self.chunks(picture.bytes).contains(where: others.contains), "nothing beside the picture")
        case .jpeg:
            let told = Self.markers(picture.bytes).filter { (0xE0...0xEF).contains($0) || $0 == 0xFE }
            demand(told.allSatisfy { $0 == 0xE1 || $0 == 0xEE }, "nothing beside the picture and its colours")
            demand(told.count { $0 == 0xE1 } <= 1, "which way up is said once")
        case .webp: break
        }
        guard picture.bytes.count <= PictureFile.most else { return }
        demand((try? PictureFile(reading: picture.bytes)) == picture, "what is kept is read as the same")
    }

    private static func chunks(_ bytes: [UInt8]) -> [String] {
        var names: [String] = []
        var rest = bytes.dropFirst(8)
        while rest.count >= 12 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            names.append(String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self))
            rest = rest.dropFirst(12 + length)
        }
        return names
    }

    /// Those of segments, up to the first scan.
    private static func markers(_ bytes: [UInt8]) -> [UInt8] {
        var markers: [UInt8] = []
        var rest = bytes.dropFirst(2)
        while markers.last != 0xDA, rest.count >= 4 {
            markers.append(rest[rest.startIndex + 1])
            rest = rest.dropFirst(2 + rest.dropFirst(2).prefix(2).reduce(0) { $0 << 8 | Int($1) })
        }
        return markers
    }
}
