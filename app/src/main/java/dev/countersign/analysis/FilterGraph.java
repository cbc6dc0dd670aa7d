package dev.countersign.analysis;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The filters of a film or a sound, in the words of ffmpeg: {@code scale=640:-1,fps=25}. */
final class FilterGraph {
    /** Filters that open no file and load nothing unless an option says so. */
    private static final Set<String> PLAIN =
            Set.of(
                    ("scale crop fps pad setpts trim overlay fade format volume atempo loudnorm concat"
                                    + " hflip vflip transpose rotate setsar setdar select aselect thumbnail"
                                    + " tile palettegen paletteuse split asplit amix amerge aresample atrim"
                                    + " asetpts afade null anull eq hue boxblur gblur unsharp yadif bwdif"
                                    + " drawbox drawtext reverse areverse minterpolate zoompan tpad apad"
                                    + " adelay highpass lowpass silenceremove silencedetect blackdetect"
                                    + " cropdetect scdet hstack vstack xstack pan aformat testsrc testsrc2"
                                    + " color sine anullsrc showwaves showwavespic showspectrumpic volumedetect"
                                    + " xfade acrossfade colorkey chromakey alphamerge loop aloop hwupload"
                                    + " hwdownload scale_cuda negate lutrgb deshake delogo showinfo fieldmatch"
                                    + " decimate mpdecimate framestep settb acompressor alimiter dynaudnorm"
                                    + " equalizer bass treble stereo3d colorchannelmixer curves sidechaincompress")
                            .split("\\s+"));

    private FilterGraph() {}

    /** Whether it is made of plain filters and no option of them names a file. */
    static boolean plain(@Nullable String graph) {
        if (graph == null || graph.matches("(?s).*(file|path|model|destination)\\w*\\s*=.*")) {
            return false;
        }
        String bare = graph.replaceAll("'[^']*'", "").replaceAll("\\\\.", "");
        for (String filter : bare.split("[,;]", -1)) {
            String name =
                    filter.replaceAll("\\[[^\\]]*\\]", "").strip().split("[=@]", 2)[0].strip();
            if (!name.isEmpty() && !PLAIN.contains(name)) {
                return false;
            }
        }
        return true;
    }
}
