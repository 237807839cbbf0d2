/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sentence-piece-json.h"

#include "base/format-error.h"
#include "text-normalizer.h"

namespace ecld
{

std::string
ReadReplaced(const base::JsonObject& step)
{
    const auto text = step.GetObject("pattern").GetText("String");
    if (text.empty())
    {
        step.Fail("pattern", "got an empty text");
    }
    return text;
}

SpacePrefix
ReadMetaspace(const base::JsonObject& step)
{
    const auto type = step.GetText("type");
    if (type != "Metaspace")
    {
        step.Fail("type", "got '" + base::ShowInput(type) + "', expected Metaspace or none");
    }
    if (step.GetText("replacement") != SPACE_MARK)
    {
        step.Fail("replacement", "expected U+2581");
    }
    if (step.GetBool("split", true))
    {
        step.Fail("split", "got true, expected false");
    }
    const auto scheme = step.GetText("prepend_scheme", "always");
    if (scheme != "always" && scheme != "first" && scheme != "never")
    {
        step.Fail("prepend_scheme",
                  "got '" + base::ShowInput(scheme) + "', expected always, first or never");
    }
    return scheme == "always"  ? SpacePrefix::ALWAYS
           : scheme == "first" ? SpacePrefix::FIRST
                               : SpacePrefix::NEVER;
}

bool
ReadMarkDecoder(const base::JsonObject& step)
{
    const auto type = step.GetText("type");
    if (type == "ByteFallback" || type == "Fuse")
    {
        return false;
    }
    if (type == "Replace")
    {
        if (ReadReplaced(step) != SPACE_MARK || step.GetText("content") != " ")
        {
            step.Fail("pattern", "expected U+2581, and a blank as content");
        }
        return false;
    }
    if (type != "Strip")
    {
        step.Fail("type",
                  "got '" + base::ShowInput(type) +
                      "', expected Replace, ByteFallback, Fuse or Strip");
    }
    if (step.GetText("content") != " ")
    {
        step.Fail("content", "expected a blank");
    }
    step.GetInteger("stop", 0, 0);
    return step.GetInteger("start", 0, 1) == 1;
}

void
FindSentencePiece(TokenizerTables& tables)
{
    TextNormalizer marks;
    marks.AddReplacement(" ", SPACE_MARK);
    TextNormalizer prefixed;
    prefixed.AddPrefix(SPACE_MARK);
    prefixed.AddReplacement(" ", SPACE_MARK);
    const bool isPlain = tables.normalizer == TextNormalizer();
    const bool hasMarks = tables.normalizer == marks;
    const bool hasPrefix = tables.normalizer == prefixed;
    const bool isKnown = tables.metaspace ? isPlain || hasMarks : hasMarks || hasPrefix;
    tables.addsSpace = tables.metaspace ? *tables.metaspace != SpacePrefix::NEVER : hasPrefix;
    if (isKnown && !tables.ignoreMerges)
    {
        tables.kind = PreTokenizerKind::SENTENCE_PIECE;
    }
}

} // namespace ecld
