namespace EventPipeline.TestSupport.Lectures;

/// <summary>Lectures that tests are written about.</summary>
public static class LectureScripts
{
    /// <summary>Six topics of seven sentences, about four minutes.</summary>
    public static readonly LectureScript SixTopics = new([
        new(
            "Volcanoes",
            [
                "A volcano grows where molten rock from the deep mantle finds a way to the surface.",
                "This molten rock is called magma while it waits in a chamber below the volcano.",
                "Gas dissolved in the magma drives the eruption, just as it drives the foam out of a shaken bottle.",
                "Runny lava from a shield volcano flows quietly for many miles over the older rock.",
                "Sticky magma traps its gas, and then the eruption throws ash high above the crater.",
                "The ash of a great eruption can bury whole towns under yards of grey rock and dust.",
                "Geologists watch the swelling of the crater and the gas above it to warn of the next eruption.",
            ],
            "Magma, gas and ash"
        ),
        new(
            "Photosynthesis",
            [
                "Green plants make their own food from sunlight, and we call this photosynthesis.",
                "Inside each leaf there are tiny chloroplasts that hold the green pigment chlorophyll.",
                "Chlorophyll catches the sunlight and uses its energy to split water in the leaf.",
                "Oxygen leaves through the small pores of the leaf, and hydrogen stays in the chloroplasts.",
                "The plant then builds sugar from carbon dioxide with the energy that it stored.",
                "Remember that nearly all the oxygen we breathe was set free by photosynthesis in plants and algae.",
                "A plant in the shade grows larger leaves, because it must gather more sunlight for its sugar.",
            ],
            "Sunlight into sugar"
        ),
        new(
            "The printing press",
            [
                "In fourteen fifty a goldsmith named Gutenberg built a printing press in the town of Mainz.",
                "He cast each letter as a separate piece of metal type that could be used again and again.",
                "Before the press a scribe copied every book by hand, and one Bible took him a year.",
                "The printer set the type into lines, spread ink over the letters, and pressed the paper down.",
                "Within fifty years printers in Europe had made more books than all the scribes before them.",
                "Books became cheap, so merchants and craftsmen learned to read and bought printed pamphlets.",
                "The most important effect of printing was that every reader had the same page of the same book.",
            ],
            "Type, ink and paper"
        ),
        new(
            "Black holes",
            [
                "A black hole is a region of space where gravity is so strong that light cannot escape.",
                "It is born when a massive star burns the last of its fuel and its core collapses.",
                "The edge of the black hole is the event horizon, and nothing that crosses the horizon returns.",
                "We cannot see a black hole, but we can see how stars orbit around the dark mass.",
                "Hot matter from a nearby star spirals towards the horizon and shines in x rays.",
                "When two black holes merge, their gravity shakes space itself and sends waves across the galaxy.",
                "At the center of our own galaxy sits a black hole with the mass of four million stars.",
            ],
            "The event horizon"
        ),
        new(
            "Antibiotics",
            [
                "An antibiotic is a medicine that kills bacteria without poisoning the patient.",
                "Alexander Fleming found the first antibiotic when a mold called penicillin spoiled his dish of bacteria.",
                "Penicillin stops bacteria from building their cell wall, so the bacteria burst and die.",
                "A doctor should never give an antibiotic for a cold, because a virus has no cell wall to attack.",
                "When a patient stops the medicine too early, the toughest bacteria survive and breed.",
                "This is how resistance spreads through a hospital from one infected patient to another.",
                "New antibiotics are hard to find, and so doctors must save the old medicine from resistance.",
            ],
            "Resistance"
        ),
        new(
            "Suspension bridges",
            [
                "A suspension bridge hangs its road from two long steel cables.",
                "Each cable runs over the top of a tower and is anchored deep in the bank of the river.",
                "The weight of the road pulls on the cables, and the cables push the towers down.",
                "Engineers spin the cable from thousands of thin steel wires, because many wires fail slowly.",
                "The bridge at Tacoma twisted in a steady wind until its road broke and fell into the river.",
                "Since then engineers test a model of every bridge in a wind tunnel before they build the towers.",
                "The longest bridge of this kind now spans more than a mile of open water between its two towers.",
            ],
            "Cables and towers"
        ),
    ]);

    /// <summary>Two topics of two sentences, about twenty seconds: for tests that only need some speech.</summary>
    public static readonly LectureScript TwoTopics = new([
        new(
            "Glaciers",
            [
                "A glacier is a river of ice that creeps slowly down a mountain valley.",
                "The ice grinds the rock below it and carries the broken stones to the valley floor.",
            ]
        ),
        new(
            "Violins",
            [
                "A violin sings because the bow makes its strings tremble.",
                "The wooden body of the violin makes the sound of the strings louder and warmer.",
            ]
        ),
    ]);
}
