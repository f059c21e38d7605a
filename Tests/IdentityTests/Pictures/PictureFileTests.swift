import Identity
import TestSupport
import Testing

@Suite("Pictures by their content")
struct PictureFileTests {
    private func holds(_ bytes: [UInt8], _ text: String) -> Bool {
        let needle = Array(text.utf8)
        return bytes.indices.contains { bytes[$0...].starts(with: needle) }
    }

    @Test(
        "B039: PNG, JPEG and WebP are known by their content, and their sides are read",
        arguments: [
            (SamplePictures.png, .png), (SamplePictures.jpeg, .jpeg), (SamplePictures.progressive, .jpeg),
            (SamplePictures.webP, .webp), (SamplePictures.losslessWebP, .webp), (SamplePictures.transparentWebP, .webp),
        ] as [([UInt8], PictureFile.Format)])
    func formats(bytes: [UInt8], format: PictureFile.Format) throws {
        let file = try PictureFile(reading: bytes)
        #expect(file.format == format && file.width == 20 && file.height == 16)
        #expect(file.format.contentType == "image/\(format.rawValue)")
    }

    @Test(
        "Places, cameras, comments, profiles and what lies behind the end are left out",
        arguments: [SamplePictures.png, SamplePictures.jpeg, SamplePictures.webP])
    func stripped(bytes: [UInt8]) throws {
        #expect(holds(bytes, "SECRET"))
        let file = try PictureFile(reading: bytes)
        for trace in ["SECRET", "adobe", "GPS", "Comment"] { #expect(!holds(file.bytes, trace), "\(trace)") }
        #expect(file.bytes.count < bytes.count)
    }

    @Test(
        "What is kept reads the same, and nothing more can be left out",
        arguments: [
            SamplePictures.png, SamplePictures.jpeg, SamplePictures.progressive, SamplePictures.webP,
            SamplePictures.losslessWebP, SamplePictures.transparentWebP, SamplePictures.animatedPNG,
        ])
    func stable(bytes: [UInt8]) throws {
        let once = try PictureFile(reading: bytes)
        #expect(try PictureFile(reading: once.bytes) == once)
    }

    @Test("A portrait of a telephone stays upright: which way up is all that is kept of EXIF")
    func orientation() throws {
        let file = try PictureFile(reading: SamplePictures.jpeg)
        #expect(holds(file.bytes, "Exif") && file.bytes.starts(with: [0xFF, 0xD8, 0xFF, 0xE1, 0, 34]))
        #expect(
            file.bytes.dropFirst(12).prefix(26).elementsEqual(
                [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]))
        #expect(try !holds(PictureFile(reading: SamplePictures.progressive).bytes, "Exif"))
    }

    @Test("Of an animation in PNG the first picture is kept; a moving WebP is refused")
    func animated() throws {
        #expect(try !holds(PictureFile(reading: SamplePictures.animatedPNG).bytes, "fdAT"))
        #expect(throws: PictureFile.Fault.animated) { try PictureFile(reading: SamplePictures.animatedWebP) }
    }

    @Test(
        "B039: whatever is none of the three is refused: SVG and HTML above all",
        arguments: [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", "<?xml version=\"1.0\"?><svg/>",
            "<!DOCTYPE html><script>alert(1)</script>", "<html>", "GIF89a", "%PDF-1.7", "BM", "\u{FEFF}<svg/>",
            "RIFFxxxxWAVE",
            "RIFF", "x", " \u{89}PNG\r\n\u{1A}\n", "II*\u{0}", "ftypavif", "{}",
        ])
    func others(text: String) {
        #expect(throws: PictureFile.Fault.otherFormat) { try PictureFile(reading: Array(text.utf8)) }
    }

    @Test("A GIF, nothing, and too much of anything")
    func refused() {
        #expect(throws: PictureFile.Fault.otherFormat) { try PictureFile(reading: SamplePictures.gif) }
        #expect(throws: PictureFile.Fault.missing) { try PictureFile(reading: []) }
        let large = SamplePictures.jpeg + [UInt8](repeating: 0, count: PictureFile.most)
        #expect(throws: PictureFile.Fault.tooLarge) { try PictureFile(reading: large) }
    }

    @Test(
        "IN1: a side below 16 or over 4096 pixels is refused",
        arguments: [SamplePictures.narrowPNG, SamplePictures.widePNG])
    func sides(bytes: [UInt8]) {
        #expect(throws: PictureFile.Fault.sides) { try PictureFile(reading: bytes) }
    }

    @Test("A picture with a page before, in or behind it keeps nothing of the page")
    func polyglot() throws {
        let page = Array("<script>alert(1)</script>".utf8)
        for bytes in [SamplePictures.png, SamplePictures.jpeg, SamplePictures.webP] {
            #expect(throws: PictureFile.Fault.otherFormat) { try PictureFile(reading: page + bytes) }
            let behind = try PictureFile(reading: bytes + page)
            #expect(!holds(behind.bytes, "script"))
        }
    }

    @Test(
        "IN10: cut anywhere, a picture is refused or whole, and nothing traps",
        arguments: [SamplePictures.png, SamplePictures.jpeg, SamplePictures.webP, SamplePictures.losslessWebP])
    func cut(bytes: [UInt8]) throws {
        let whole = try PictureFile(reading: bytes)
        for end in 0..<bytes.count {
            guard let file = try? PictureFile(reading: Array(bytes.prefix(end))) else { continue }
            #expect(file == whole, "\(end)")
        }
    }

    @Test("IN10: any bytes are refused or become a picture within its bounds, and nothing traps")
    func fuzzed() {
        var dice = Dice(seed: 39)
        let samples = [
            SamplePictures.png, SamplePictures.jpeg, SamplePictures.progressive, SamplePictures.webP,
            SamplePictures.losslessWebP, SamplePictures.transparentWebP, SamplePictures.animatedWebP,
        ]
        var accepted = 0
        for number in 0..<20_000 {
            let bytes = dice.mutated(samples[number % samples.count])
            guard let file = try? PictureFile(reading: bytes) else { continue }
            accepted += 1
            #expect(PictureFile.permittedSides.contains(file.width) && PictureFile.permittedSides.contains(file.height))
            #expect((try? PictureFile(reading: file.bytes)) == file, "\(number)")
        }
        #expect(accepted > 100)
    }
}
