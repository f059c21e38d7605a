/// Which way up a picture is meant: the one thing of what a camera writes that has to stay, or portraits lie on
/// their side. Read, and written anew with nothing beside it (EXIF 2.32 §4.6).
enum EXIFOrientation {
    private static let header: [UInt8] = Array("Exif".utf8) + [0, 0]
    private static let tag = 0x0112

    /// 2 to 8; `nil` for upright, and for anything that is not understood.
    static func read(_ segment: [UInt8]) -> UInt8? {
        guard segment.starts(with: header) else { return nil }
        let file = Array(segment.dropFirst(header.count))
        return try? orientation(file)
    }

    private static func orientation(_ file: [UInt8]) throws(PictureFile.Fault) -> UInt8? {
        let isBig = file.starts(with: [0x4D, 0x4D])
        guard isBig || file.starts(with: [0x49, 0x49]) else { return nil }
        func number(_ rest: inout PictureBytes, _ count: Int) throws(PictureFile.Fault) -> Int {
            isBig ? try rest.bigEndian(count) : try rest.littleEndian(count)
        }
        var rest = PictureBytes(file)
        _ = try rest.take(2)
        guard try number(&rest, 2) == 42 else { return nil }
        let offset = try number(&rest, 4)
        guard offset >= rest.position else { return nil }
        _ = try rest.take(offset - rest.position)
        for _ in 0..<min(64, try number(&rest, 2)) {
            let (name, kind, count) = (try number(&rest, 2), try number(&rest, 2), try number(&rest, 4))
            let value = try number(&rest, 2)
            _ = try rest.take(2)
            if name == tag, kind == 3, count == 1 { return (2...8).contains(value) ? UInt8(value) : nil }
        }
        return nil
    }

    /// APP1 with one entry in its first directory.
    static func segment(_ orientation: UInt8) -> [UInt8] {
        var file: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1]
        file.appendBigEndian(tag, 2)
        file += [0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
        let content = header + file
        var segment: [UInt8] = [0xFF, 0xE1]
        segment.appendBigEndian(content.count + 2, 2)
        return segment + content
    }
}
