/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_QUALITY_MODEL_H
#define LLM_QUALITY_MODEL_H

#include "llm-profile.h"

#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How good the two answers to one task are, before (28) mixes them.
 */
struct LlmQuality
{
    double localAccuracy; ///< A_k of (28), compact model; [0, 1], from -1 where sampled by (26)
    double localHallucination; ///< H_k of (28), compact model, share, [0, 1]
    double mecAccuracy;        ///< A_k^MEC of (28), full model, share, [0, 1]
    double mecHallucination;   ///< H_k^MEC of (28), full model, share, [0, 1]
};

/**
 * @ingroup llm-mec
 * @brief Gives each task of an MLU the quality of its local and of its MEC answer.
 */
class QualityModel : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * Take the models that answer.
     * @param local profile of the compact model on the device
     * @param mec profile of the full model at the MEC server
     * @throws std::runtime_error one line that names the profile, where a subclass misses something
     */
    virtual void SetProfiles(const LlmProfile& local, const LlmProfile& mec);

    /// @return names of the profiles of SetProfiles, "compact + full"; empty before
    const std::string& GetProfileNames() const;

    /// @return the quality of one task; each call is another task
    virtual LlmQuality Draw() = 0;

    /// @return the mean of what Draw gives, what a controller may know before the answers exist
    virtual LlmQuality GetExpected() const = 0;

    /**
     * Fix the random streams. The base class has none.
     * @param stream number of the first stream
     * @return how many streams were taken
     */
    virtual int64_t AssignStreams(int64_t stream);

  protected:
    double m_localAccuracy{0};      //!< offline accuracy (23) of the compact model, share
    double m_localHallucination{0}; //!< offline hallucination (24) of the compact model, share
    double m_mecAccuracy{0};        //!< offline accuracy (23) of the full model, share
    double m_mecHallucination{0};   //!< offline hallucination (24) of the full model, share

  private:
    std::string m_profileNames; //!< of the compact and of the full model
};

/**
 * @ingroup llm-mec
 * @brief Every task gets the offline means of the two models: the paper's setting.
 *
 * The means are attributes, by default those of Llama-3.1-8B in Table I: ECLD on the device, the
 * original at the server. SetProfiles overwrites all four attributes; an attribute that is set
 * later overwrites what the profile gave.
 */
class ConstantQualityModel : public QualityModel
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    LlmQuality Draw() override;
    LlmQuality GetExpected() const override;
};

/**
 * @ingroup llm-mec
 * @brief Every task gets the pair (26), (27) of one query of the compact model's profile.
 *
 * Queries are drawn uniformly, with replacement. Accuracy and hallucination are of the same query,
 * so their correlation is kept. SetProfiles comes before the first Draw.
 *
 * The full model is the reference of (26) and (27) and has no samples: its side stays at its
 * offline means (23), (24). So (28) mixes a similarity to the server's answer with a share of right
 * answers. That is a choice, as the paper does not say which accuracy of the full model goes with
 * (26). By (26) itself the server agrees with its own answer, and A_k^MEC would be 1 and H_k^MEC 0,
 * however good the full model is.
 */
class SampledQualityModel : public QualityModel
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    SampledQualityModel();

    /**
     * @copydoc QualityModel::SetProfiles
     * The local profile has to have samples, as many of (26) as of (27). On an error the profiles
     * from before stay.
     */
    void SetProfiles(const LlmProfile& local, const LlmProfile& mec) override;

    /// @copydoc QualityModel::Draw @throws std::runtime_error before SetProfiles
    LlmQuality Draw() override;

    /// @return the means of the samples @throws std::runtime_error before SetProfiles
    LlmQuality GetExpected() const override;

    int64_t AssignStreams(int64_t stream) override;

  private:
    /// @throws std::runtime_error before SetProfiles
    void RequireProfiles() const;

    Ptr<UniformRandomVariable> m_query; //!< picks the query
    LlmProfile m_local;                 //!< profile of the compact model, for its samples
    double m_meanAccuracy{0};           //!< mean of the samples of (26), [-1, 1]
    double m_meanHallucination{0};      //!< mean of the samples of (27), share
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_QUALITY_MODEL_H
