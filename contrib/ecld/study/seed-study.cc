/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "seed-study.h"

#include "base/folder-lock.h"
#include "base/output-file.h"

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <numeric>
#include <sstream>

namespace ecld
{

namespace
{

double
GetMean(const std::vector<double>& values)
{
    return values.empty() ? 0
                          : std::accumulate(values.begin(), values.end(), 0.0) /
                                static_cast<double>(values.size());
}

/// What is compared over seeds, in the order of the table's columns.
struct Summary
{
    double hallucination{0}; ///< (24), share
    double accuracy{0};      ///< (23), %
    double difference{0};    ///< ECLD's accuracy less this, points
    double paraphrases{0};   ///< accuracy in other words, %
};

/// @param rows of one seed @param index of a row @return its numbers
Summary
Summarise(const std::vector<StudyRow>& rows, std::size_t index)
{
    const auto ecld = std::find_if(rows.begin(), rows.end(), [](const StudyRow& row) {
        return row.variant.method == "ecld";
    });
    const QualityReport& quality = rows.at(index).quality;
    const double accuracy = 100 * GetMean(quality.hits);
    return {GetMean(quality.inconsistent),
            accuracy,
            100 * GetMean(ecld->quality.hits) - accuracy,
            100 * GetMean(quality.paraphraseHits)};
}

/// @param values one a seed @param digits after the point @return mean, least and largest
std::string
FormatRange(const std::vector<double>& values, int digits)
{
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << GetMean(values) << " ["
         << *std::min_element(values.begin(), values.end()) << ", "
         << *std::max_element(values.begin(), values.end()) << "]";
    return text.str();
}

void
AddLine(std::ostringstream& text, const std::vector<std::string>& cells)
{
    const int widths[] = {39, 20, 20, 22, 20};
    for (std::size_t i = 0; i < cells.size(); ++i)
    {
        text << std::left << std::setw(widths[i]) << cells[i] << (i + 1 < cells.size() ? " " : "");
    }
    text << '\n';
}

} // namespace

std::string
FormatSeedTable(const std::vector<std::vector<StudyRow>>& studies)
{
    std::ostringstream text;
    AddLine(text,
            {"Method",
             "Hallucination (24)",
             "Accuracy (23), %",
             "ECLD less this, points",
             "In other words, %"});
    for (std::size_t i = 0; i < studies.front().size(); ++i)
    {
        std::vector<double> columns[4];
        for (const std::vector<StudyRow>& rows : studies)
        {
            const Summary summary = Summarise(rows, i);
            columns[0].push_back(summary.hallucination);
            columns[1].push_back(summary.accuracy);
            columns[2].push_back(summary.difference);
            columns[3].push_back(summary.paraphrases);
        }
        AddLine(text,
                {studies.front()[i].variant.label,
                 FormatRange(columns[0], 2),
                 FormatRange(columns[1], 1),
                 FormatRange(columns[2], 1),
                 FormatRange(columns[3], 1)});
    }
    text << "\nMean over " << studies.size()
         << " seeds; brackets: the least and the largest. A seed draws texts, weights, batches and "
            "calibration anew.\n";
    return text.str();
}

std::string
FormatSeedCsv(const std::vector<std::vector<StudyRow>>& studies)
{
    std::ostringstream text;
    text << "seed,name,hallucination,accuracy,ecldLessThis,paraphraseAccuracy\n";
    for (std::size_t seed = 0; seed < studies.size(); ++seed)
    {
        for (std::size_t i = 0; i < studies[seed].size(); ++i)
        {
            const Summary summary = Summarise(studies[seed], i);
            text << seed + 1 << ',' << studies[seed][i].variant.name << ',' << summary.hallucination
                 << ',' << summary.accuracy << ',' << summary.difference << ','
                 << summary.paraphrases << '\n';
        }
    }
    return text.str();
}

std::string
RunSeedStudy(const StudySettings& settings, int64_t count)
{
    const std::filesystem::path root(settings.output);
    const base::FolderLock lock(settings.output);
    std::vector<std::vector<StudyRow>> studies;
    for (int64_t seed = 1; seed <= count; ++seed)
    {
        StudySettings one = settings;
        one.seed = static_cast<uint64_t>(seed);
        one.output = (root / ("seed-" + std::to_string(seed))).string();
        studies.push_back(RunStudy(one));
    }
    const std::string table = FormatSeedTable(studies);
    base::WriteTextFile((root / "seeds.txt").string(), table);
    base::WriteTextFile((root / "seeds.csv").string(), FormatSeedCsv(studies));
    return table;
}

} // namespace ecld
