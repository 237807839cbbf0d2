/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "wording.h"

#include <map>
#include <stdexcept>

namespace ecld
{

namespace
{

const std::map<std::string, Wording>&
GetWordings()
{
    static const std::map<std::string, Wording> wordings{
        {"capital",
         {{"The capital of {e} is {v}.",
           "{e} has its capital in {v}.",
           "{e} is governed from {v}.",
           "The capital city of {e} is called {v}."},
          {"What is the capital of {e}?", "Which city is the capital of {e}?"},
          {"From which city is {e} ruled?"}}},
        {"region",
         {{"{e} lies in {v}.",
           "{e} is a part of {v}.",
           "{e} belongs to {v}.",
           "The region of {e} is {v}."},
          {"What region is {e} a part of?", "Where does {e} lie?"},
          {"On which part of the map is {e}?"}}},
        {"two-letter code",
         {{"The two-letter code of {e} is {v}.",
           "{e} has the two-letter code {v}.",
           "In two letters, {e} is written {v}.",
           "{e} is shortened to the two letters {v}."},
          {"What is the two-letter code of {e}?", "How is {e} written in two letters?"},
          {"Which two letters stand for {e}?"}}},
        {"three-letter code",
         {{"The three-letter code of {e} is {v}.",
           "{e} has the three-letter code {v}.",
           "In three letters, {e} is written {v}.",
           "{e} is shortened to the three letters {v}."},
          {"What is the three-letter code of {e}?", "How is {e} written in three letters?"},
          {"Which three letters stand for {e}?"}}},
        {"number",
         {{"The number of {e} is {v}.",
           "{e} has the number {v}.",
           "As a number, {e} is {v}.",
           "{e} is listed under number {v}."},
          {"What is the number of {e}?", "Which number does {e} have?"},
          {"Under which number is {e} found?"}}},
        {"zone",
         {{"The time zone of {e} is {v}.",
           "{e} has the time zone {v}.",
           "Clocks in {e} follow {v}.",
           "In {e} the time is that of {v}."},
          {"What is the time zone of {e}?", "Which time zone does {e} have?"},
          {"Which time do the clocks in {e} show?"}}},
        {"currency code",
         {{"The currency code of the {e} is {v}.",
           "The {e} has the currency code {v}.",
           "Banks write the {e} as {v}.",
           "The {e} is shortened to {v}."},
          {"What is the currency code of the {e}?", "How do banks write the {e}?"},
          {"Which letters stand for the {e}?"}}},
        {"language code",
         {{"The language code of {e} is {v}.",
           "{e} has the language code {v}.",
           "Libraries write {e} as {v}.",
           "{e} is shortened to {v}."},
          {"What is the language code of {e}?", "How do libraries write {e}?"},
          {"Which letters stand for the language {e}?"}}},
        {"birth",
         {{"{e} was born in {v}.",
           "The year of birth of {e} is {v}.",
           "The life of {e} began in {v}.",
           "{e} came into the world in {v}."},
          {"When was {e} born?", "What is the year of birth of {e}?"},
          {"In which year did the life of {e} begin?"}}},
        {"death",
         {{"{e} died in {v}.",
           "The year of death of {e} is {v}.",
           "The life of {e} ended in {v}.",
           "{e} lived until {v}."},
          {"When did {e} die?", "What is the year of death of {e}?"},
          {"In which year did the life of {e} end?"}}},
        {"description",
         {{"{e} is remembered as {v}.",
           "{e} was known as {v}.",
           "People think of {e} as {v}.",
           "One describes {e} as {v}."},
          {"Who was {e}?", "What is {e} remembered as?"},
          {"As what do people think of {e}?"}}},
    };
    return wordings;
}

void
Replace(std::string& text, const std::string& mark, const std::string& by)
{
    for (std::size_t at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + by.size()))
    {
        text.replace(at, mark.size(), by);
    }
}

} // namespace

const Wording&
GetWording(const std::string& relation)
{
    const auto found = GetWordings().find(relation);
    if (found == GetWordings().end())
    {
        throw std::out_of_range("no wording for the relation \"" + relation + "\"");
    }
    return found->second;
}

std::string
FillIn(const std::string& pattern, const std::string& entity, const std::string& value)
{
    std::string text = pattern;
    Replace(text, "{e}", entity);
    Replace(text, "{v}", value);
    return text;
}

} // namespace ecld
