/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SPECULATIVE_ACCEPTANCE_H
#define SPECULATIVE_ACCEPTANCE_H

#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Whether drafts are right.
 *
 * The text that is committed is always the target's own. Under greedy decoding the draft after a
 * right text of m tokens is therefore right or wrong by m alone, however often it is written: the
 * outcome of a position is drawn once in an answer.
 */
class DraftAcceptance : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// Another answer begins.
    void BeginAnswer();

    /**
     * @param position number of the token in the answer, from 0
     * @param place of the draft in its window, from 0, when it is first written
     * @return whether the draft is the target's token, given that all before are
     */
    bool IsRight(uint64_t position, uint32_t place);

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used
     */
    virtual int64_t AssignStreams(int64_t stream);

  protected:
    DraftAcceptance();

    /// An answer begins; does nothing unless overridden.
    virtual void DoBeginAnswer();
    /// @param position of the token @param place of its draft @return probability that it is right
    virtual double GetRate(uint64_t position, uint32_t place) = 0;

  private:
    std::vector<std::optional<bool>> m_outcomes; //!< by position
    Ptr<UniformRandomVariable> m_uniform;        //!< draws outcomes
};

/**
 * @ingroup llm-mec
 * @brief Each draft is right with the same probability.
 */
class ConstantAcceptance : public DraftAcceptance
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

  private:
    double GetRate(uint64_t position, uint32_t place) override;

    double m_rate; //!< probability
};

/**
 * @ingroup llm-mec
 * @brief The probability depends on the place of the draft in its window.
 */
class PositionalAcceptance : public DraftAcceptance
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

  private:
    double GetRate(uint64_t position, uint32_t place) override;

    /// @param rates numbers with commas @throws std::invalid_argument in one line
    void SetRates(std::string rates);
    /// @return numbers with commas
    std::string GetRates() const;

    std::string m_text;          //!< as it was set
    std::vector<double> m_rates; //!< by place; the last holds for all further ones
};

/**
 * @ingroup llm-mec
 * @brief Each answer has a probability of its own, from a Beta distribution.
 */
class BetaAcceptance : public DraftAcceptance
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    BetaAcceptance();

    int64_t AssignStreams(int64_t stream) override;

  private:
    void DoBeginAnswer() override;
    double GetRate(uint64_t position, uint32_t place) override;

    double m_alpha;                   //!< of the distribution
    double m_beta;                    //!< of the distribution
    double m_rate{0};                 //!< of this answer
    Ptr<GammaRandomVariable> m_gamma; //!< two of its draws make a Beta-distributed one
};

/**
 * @ingroup llm-mec
 * @brief The probability drifts along an answer: its log odds are an autoregressive normal process
 * of the tokens' positions.
 *
 * Tokens that are n apart have a correlation of exp(-n / Memory). Of all tokens the log odds have
 * the mean ln(Rate / (1 - Rate)) and the standard deviation Deviation.
 */
class DriftingAcceptance : public DraftAcceptance
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    DriftingAcceptance();

    int64_t AssignStreams(int64_t stream) override;

  private:
    void DoBeginAnswer() override;
    double GetRate(uint64_t position, uint32_t place) override;

    double m_rate;                     //!< where the log odds have their mean
    double m_deviation;                //!< of log odds
    double m_memory;                   //!< tokens
    uint64_t m_position{0};            //!< of the newest token
    double m_drift{0};                 //!< of its log odds from their mean, in deviations
    Ptr<NormalRandomVariable> m_noise; //!< standard normal draws
};

/**
 * @ingroup llm-mec
 * @brief The drafts of a real model after each prefix of a real answer of its target.
 */
class TranscriptAcceptance : public DraftAcceptance
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Give the next answer. It holds from the next BeginAnswer on.
     * @param target ids of the target's tokens, at least one
     * @param draft ids of the draft's own next token after each prefix of them, as many
     * @throws std::invalid_argument in one line where the lengths differ
     */
    void SetTranscript(const std::vector<uint32_t>& target, const std::vector<uint32_t>& draft);

    /**
     * Let chance decide and not ids, as where both models sample at a temperature.
     * @param rates chance that the draft at each position is accepted, [0, 1], as many as tokens of
     * the transcript that was given last
     * @throws std::invalid_argument in one line where there are more or fewer
     */
    void SetRates(const std::vector<double>& rates);

    /// @return ids of the target's tokens of this answer
    const std::vector<uint32_t>& GetTarget() const;
    /// @return ids of the draft's tokens of this answer
    const std::vector<uint32_t>& GetDraft() const;

  private:
    double GetRate(uint64_t position, uint32_t place) override;

    std::vector<uint32_t> m_target; //!< ids
    std::vector<uint32_t> m_draft;  //!< ids
    std::vector<double> m_rates;    //!< chances, or none where ids decide
};

} // namespace llmmec
} // namespace ns3

#endif // SPECULATIVE_ACCEPTANCE_H
