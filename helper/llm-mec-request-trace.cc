/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-request-trace.h"

#include "base/format-error.h"
#include "base/number-text.h"

#include "ns3/log.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <istream>
#include <unordered_set>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecRequestTrace");

namespace
{

constexpr double MAX_BYTES = 1 << 30;        //!< largest file
constexpr std::size_t MAX_LINE = 1000000;    //!< longest line, bytes
constexpr double MAX_COUNT = 4294967295.0;   //!< of ids and tokens
constexpr double MAX_ARRIVAL_S = 9000000000; //!< of the simulator's clock

/// @param line a line of CSV without quotes @return its fields
std::vector<std::string>
SplitLine(const std::string& line)
{
    std::vector<std::string> fields(1);
    for (const char c : line)
    {
        if (c == ',')
        {
            fields.emplace_back();
        }
        else
        {
            fields.back() += c;
        }
    }
    return fields;
}

/// A trace while it is read
class TraceReader
{
  public:
    /// @param is the trace @param name what messages call it
    TraceReader(std::istream& is, const std::string& name)
        : m_is(is),
          m_name(name)
    {
        std::string line;
        ReadLine(line);
        const std::string byteOrderMark = "\xef\xbb\xbf";
        if (line.compare(0, byteOrderMark.size(), byteOrderMark) == 0)
        {
            line.erase(0, byteOrderMark.size());
        }
        m_columns = SplitLine(line);
    }

    /// @return whether there is another line, which is read then
    bool Next()
    {
        std::string line;
        do
        {
            if (!ReadLine(line))
            {
                return false;
            }
        } while (line.empty());
        m_fields = SplitLine(line);
        if (m_fields.size() != m_columns.size())
        {
            Fail("",
                 std::to_string(m_fields.size()) + " fields, expected the " +
                     std::to_string(m_columns.size()) + " of the first line");
        }
        return true;
    }

    /// @param name a column @return its place, none where the file has no such column
    std::optional<std::size_t> Find(const std::string& name) const
    {
        const auto found = std::find(m_columns.begin(), m_columns.end(), name);
        if (found == m_columns.end())
        {
            return std::nullopt;
        }
        if (std::find(found + 1, m_columns.end(), name) != m_columns.end())
        {
            Fail(name, "two columns of this name, expected one");
        }
        return found - m_columns.begin();
    }

    /// @param name a column @param others needed ones, for the message @return its place
    /// @throw std::runtime_error where there is none
    std::size_t Require(const std::string& name, const std::string& others) const
    {
        const auto place = Find(name);
        if (!place)
        {
            Fail("", "no column " + name + ", expected " + others);
        }
        return *place;
    }

    /// @param column place of a column @return whether its field is empty
    bool IsEmpty(std::size_t column) const
    {
        return m_fields[column].empty();
    }

    /// @param column place of a column @param min least @param max largest @param isWhole whether
    /// it is a whole number @param why the bounds are these, for the message @return the number in
    /// its field
    double GetNumber(std::size_t column,
                     double min,
                     double max,
                     bool isWhole,
                     const std::string& why = "") const
    {
        const std::string& text = m_fields[column];
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool isNumber = error == std::errc() && end == text.data() + text.size();
        if (!isNumber || !(number >= min && number <= max) ||
            (isWhole && number != std::floor(number)))
        {
            Fail(m_columns[column],
                 "'" + base::ShowInput(text) + "', expected a " + (isWhole ? "whole " : "") +
                     "number from " + base::FormatNumber(min) + " to " + base::FormatNumber(max) +
                     why);
        }
        return number;
    }

    /// @param column place of a column @param min least @return the whole number in its field
    uint32_t GetCount(std::size_t column, double min) const
    {
        return static_cast<uint32_t>(GetNumber(column, min, MAX_COUNT, true));
    }

    /// @param column place of a column, or empty @param problem what is there and what was expected
    [[noreturn]] void Fail(const std::string& column, const std::string& problem) const
    {
        base::ThrowFormatError(m_name,
                               "line " + std::to_string(m_line) +
                                   (column.empty() ? "" : ", " + column),
                               problem);
    }

  private:
    /// @param line set to the next line, without its end @return whether there is one
    bool ReadLine(std::string& line)
    {
        ++m_line;
        const bool isThere = static_cast<bool>(std::getline(m_is, line));
        if (m_is.bad())
        {
            Fail("", "it cannot be read, expected a file that can be read to its end");
        }
        if (line.size() > MAX_LINE)
        {
            Fail("",
                 std::to_string(line.size()) + " bytes, expected at most " +
                     std::to_string(MAX_LINE));
        }
        if (!line.empty() && line.back() == '\r')
        {
            line.pop_back();
        }
        return isThere;
    }

    std::istream& m_is;                 //!< the trace
    std::string m_name;                 //!< what messages call it
    std::vector<std::string> m_columns; //!< their names
    std::vector<std::string> m_fields;  //!< of the line
    std::size_t m_line{0};              //!< number of the line, from 1
};

/// Columns of a trace
struct Columns
{
    std::size_t id;                          //!< number of the request
    std::size_t arrival;                     //!< when it is asked
    std::size_t prompt;                      //!< tokens of the prompt
    std::size_t answer;                      //!< tokens of the answer
    std::optional<std::size_t> prefixOf;     //!< whose text it begins with
    std::optional<std::size_t> prefixTokens; //!< how much of it
    std::optional<std::size_t> mlu;          //!< who asks it
};

/// @param reader at a trace's first line @param hasMlus whether MLUs ask @return where its columns
/// are
Columns
FindColumns(const TraceReader& reader, bool hasMlus)
{
    const std::string needed = "id, arrivalS, promptTokens and generatedTokens";
    Columns columns;
    columns.id = reader.Require("id", needed);
    columns.arrival = reader.Require("arrivalS", needed);
    columns.prompt = reader.Require("promptTokens", needed);
    columns.answer = reader.Require("generatedTokens", needed);
    columns.prefixOf = reader.Find("prefixOf");
    columns.prefixTokens = reader.Find("prefixTokens");
    columns.mlu = hasMlus ? reader.Find("mlu") : std::nullopt;
    if (columns.prefixOf.has_value() != columns.prefixTokens.has_value())
    {
        reader.Require("prefixOf", "both prefixOf and prefixTokens, or none of them");
        reader.Require("prefixTokens", "both prefixOf and prefixTokens, or none of them");
    }
    return columns;
}

/// Read what a request begins with. @param reader at its line @param columns where they are
/// @param ids of the requests before @param request gets it
void
ReadPrefix(const TraceReader& reader,
           const Columns& columns,
           const std::unordered_set<uint32_t>& ids,
           LlmMecTracedRequest& request)
{
    if (reader.IsEmpty(*columns.prefixOf))
    {
        if (!reader.IsEmpty(*columns.prefixTokens))
        {
            reader.GetNumber(*columns.prefixTokens, 0, 0, true, " or none, without prefixOf");
        }
        return;
    }
    request.prefixOf = reader.GetCount(*columns.prefixOf, 0);
    request.prefixTokens = static_cast<uint32_t>(reader.GetNumber(*columns.prefixTokens,
                                                                  0,
                                                                  request.promptTokens,
                                                                  true,
                                                                  ", the promptTokens"));
    if (ids.count(*request.prefixOf) == 0)
    {
        reader.Fail("prefixOf",
                    std::to_string(*request.prefixOf) + ", expected the id of an earlier request");
    }
}

} // namespace

std::vector<LlmMecTracedRequest>
ReadRequestTrace(const std::string& path, std::optional<uint32_t> mlus)
{
    NS_LOG_FUNCTION(path);
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    std::ifstream file(path);
    if (error || !file)
    {
        base::ThrowFormatError(path, "", "cannot be read, expected a CSV file of requests");
    }
    if (static_cast<double>(bytes) > MAX_BYTES)
    {
        base::ThrowFormatError(path, "", std::to_string(bytes) + " bytes, expected at most 1 GiB");
    }
    return ParseRequestTrace(file, path, mlus);
}

std::vector<LlmMecTracedRequest>
ParseRequestTrace(std::istream& is, const std::string& name, std::optional<uint32_t> mlus)
{
    TraceReader reader(is, name);
    const Columns columns = FindColumns(reader, mlus.has_value());
    std::vector<LlmMecTracedRequest> requests;
    std::unordered_set<uint32_t> ids;
    while (reader.Next())
    {
        LlmMecTracedRequest request;
        request.id = reader.GetCount(columns.id, 0);
        const double earliestS = requests.empty() ? 0 : requests.back().arrivalS;
        request.arrivalS = reader.GetNumber(columns.arrival,
                                            earliestS,
                                            MAX_ARRIVAL_S,
                                            false,
                                            ", in the order of arrivals");
        request.promptTokens = reader.GetCount(columns.prompt, 1);
        request.answerTokens = reader.GetCount(columns.answer, 1);
        if (columns.prefixOf)
        {
            ReadPrefix(reader, columns, ids, request);
        }
        if (columns.mlu)
        {
            request.mlu = static_cast<uint32_t>(
                reader.GetNumber(*columns.mlu, 0, *mlus - 1, true, ", an MLU of the cell"));
        }
        if (!ids.insert(request.id).second)
        {
            reader.Fail("id",
                        std::to_string(request.id) + " is there twice, expected one of its own");
        }
        requests.push_back(request);
    }
    if (requests.empty())
    {
        base::ThrowFormatError(name, "", "no request, expected at least one line of them");
    }
    return requests;
}

} // namespace llmmec
} // namespace ns3
